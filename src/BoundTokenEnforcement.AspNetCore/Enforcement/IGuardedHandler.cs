namespace BoundTokenEnforcement;

/// <summary>Marks the handlers of this library: they hand every token over to the decision.</summary>
internal interface IGuardedHandler;
