using System.Text;
using CsCheck;

namespace BoundTokenEnforcement.Tests;

public class ProtectedResourceMetadataTests
{
    private const string Resource = "\"resource\":\"https://h.example\"";

    // RFC 9728 §3.2
    private const string RfcExample = """
        {"resource":"https://resource.example.com","authorization_servers":["https://as1.example.com","https://as2.example.net"],"bearer_methods_supported":["header","body"],"scopes_supported":["profile","email","phone"],"resource_documentation":"https://resource.example.com/resource_documentation.html"}
        """;

    private const string Everything = """
        {"resource":"https://h.example/a?b=%2F","authorization_servers":["https://as.example/"],"jwks_uri":"https://h.example/jwks","scopes_supported":["b","a"],"bearer_methods_supported":["header","body","query"],"resource_signing_alg_values_supported":["ES256"],"resource_name":"Ärger & <Söhne>","resource_name#de-CH":"Ärger","resource_name#en":"Trouble","resource_documentation":"https://h.example/d","resource_documentation#en":"https://h.example/d/en","resource_policy_uri":"https://h.example/p","resource_policy_uri#en":"https://h.example/p/en","resource_tos_uri":"https://h.example/t","resource_tos_uri#en":"https://h.example/t/en","tls_client_certificate_bound_access_tokens":true,"authorization_details_types_supported":["payment"],"dpop_signing_alg_values_supported":["PS256"],"dpop_bound_access_tokens_required":false,"signed_metadata":"e30.e30.c2ln"}
        """;

    [Fact]
    public void TryParse_RfcExample_HasItsMembersAndNoFlag()
    {
        var metadata = Parse(RfcExample);

        Assert.Equal("https://resource.example.com", metadata.Resource.Value);
        Assert.Equal(["https://as1.example.com", "https://as2.example.net"], metadata.AuthorizationServers!);
        Assert.Equal(["header", "body"], metadata.BearerMethodsSupported!);
        Assert.Equal(["profile", "email", "phone"], metadata.ScopesSupported!);
        Assert.Equal("https://resource.example.com/resource_documentation.html", metadata.ResourceDocumentation);
        Assert.Null(metadata.TlsClientCertificateBoundAccessTokens);
        Assert.Null(metadata.ResourceName);
        Assert.Empty(metadata.LocalizedResourceNames);
    }

    [Fact]
    public void ToUtf8Json_EveryMember_IsWrittenInOrderAndReadBack()
    {
        var metadata = Parse(Everything);

        Assert.Equal(Everything, Write(metadata));
        Assert.Equal("https://h.example/jwks", metadata.JwksUri);
        Assert.Equal(["ES256"], metadata.ResourceSigningAlgValuesSupported!);
        Assert.Equal("Ärger & <Söhne>", metadata.ResourceName);
        Assert.Equal("https://h.example/d/en", metadata.LocalizedResourceDocumentation["en"]);
        Assert.Equal("https://h.example/p", metadata.ResourcePolicyUri);
        Assert.Equal("https://h.example/p/en", metadata.LocalizedResourcePolicyUris["en"]);
        Assert.Equal("https://h.example/t", metadata.ResourceTosUri);
        Assert.Equal("https://h.example/t/en", metadata.LocalizedResourceTosUris["en"]);
        Assert.True(metadata.TlsClientCertificateBoundAccessTokens);
        Assert.Equal(["payment"], metadata.AuthorizationDetailsTypesSupported!);
        Assert.Equal(["PS256"], metadata.DpopSigningAlgValuesSupported!);
        Assert.False(metadata.DpopBoundAccessTokensRequired);
        Assert.Equal("e30.e30.c2ln", metadata.SignedMetadata);
    }

    [Fact]
    public void ToUtf8Json_OnlyTheResource_WritesItExactly()
    {
        var metadata = new ProtectedResourceMetadata { Resource = ResourceIdentifier.Parse("https://H.example:443/%7ea/?x='&+") };

        Assert.Equal("""{"resource":"https://H.example:443/%7ea/?x='&+"}""", Write(metadata));
    }

    [Fact]
    [Requirement("R9728-3.2-2")]
    public void ToUtf8Json_EmptyLists_AreLeftOutExceptBearerMethods()
    {
        var metadata = new ProtectedResourceMetadata
        {
            Resource = ResourceIdentifier.Parse("https://h.example"),
            AuthorizationServers = [],
            ScopesSupported = [],
            BearerMethodsSupported = [],
            ResourceSigningAlgValuesSupported = [],
            AuthorizationDetailsTypesSupported = [],
            DpopSigningAlgValuesSupported = [],
        };

        Assert.Equal("{" + Resource + ",\"bearer_methods_supported\":[]}", Write(metadata));
    }

    [Theory]
    [InlineData("{}", MetadataFault.ResourceMissing)]
    [InlineData("{\"Resource\":\"https://h.example\"}", MetadataFault.ResourceMissing)]
    [InlineData("{\"resource\":\"\"}", MetadataFault.ResourceInvalid)]
    [InlineData("{\"resource\":\"http://h.example\"}", MetadataFault.ResourceInvalid)]
    [InlineData("{\"resource\":\"https://h.example/#\"}", MetadataFault.ResourceInvalid)]
    [InlineData("{\"resource\":\"https://h.example/ \"}", MetadataFault.ResourceInvalid)]
    [InlineData("{\"resource\":1}", MetadataFault.WrongType)]
    [InlineData("{\"resource\":null}", MetadataFault.WrongType)]
    [InlineData("{\"resource\":[\"https://h.example\"]}", MetadataFault.WrongType)]
    [InlineData("[{" + Resource + "}]", MetadataFault.NotAnObject)]
    [InlineData("\"https://h.example\"", MetadataFault.NotAnObject)]
    [InlineData("null", MetadataFault.NotAnObject)]
    [InlineData("", MetadataFault.InvalidJson)]
    [InlineData(" ", MetadataFault.InvalidJson)]
    [InlineData("<html></html>", MetadataFault.InvalidJson)]
    [InlineData("{" + Resource, MetadataFault.InvalidJson)]
    [InlineData("{" + Resource + "}}", MetadataFault.InvalidJson)]
    [InlineData("{" + Resource + "}{" + Resource + "}", MetadataFault.InvalidJson)]
    [InlineData("{" + Resource + "} x", MetadataFault.InvalidJson)]
    [InlineData("{" + Resource + ",}", MetadataFault.InvalidJson)]
    [InlineData("{" + Resource + ",\"scopes_supported\":[\"a\",]}", MetadataFault.InvalidJson)]
    [InlineData("{/**/" + Resource + "}", MetadataFault.InvalidJson)]
    [InlineData("{" + Resource + "}//", MetadataFault.InvalidJson)]
    [InlineData("{'resource':'https://h.example'}", MetadataFault.InvalidJson)]
    [InlineData("\uFEFF{" + Resource + "}", MetadataFault.InvalidJson)]
    [InlineData("{" + Resource + ",\"resource_name\":\"\\ud800\"}", MetadataFault.InvalidJson)]
    [InlineData("{" + Resource + ",\"\\ud800\":1}", MetadataFault.InvalidJson)]
    [InlineData("{" + Resource + "," + Resource + "}", MetadataFault.DuplicateMember)]
    [InlineData("{" + Resource + ",\"\\u0072esource\":\"https://h.example\"}", MetadataFault.DuplicateMember)]
    [InlineData("{" + Resource + ",\"tls_client_certificate_bound_access_tokens\":true,\"tls_client_certificate_bound_access_tokens\":false}", MetadataFault.DuplicateMember)]
    [InlineData("{" + Resource + ",\"unknown\":1,\"unknown\":1}", MetadataFault.DuplicateMember)]
    [InlineData("{" + Resource + ",\"unknown\":{\"a\":1,\"\\u0061\":2}}", MetadataFault.DuplicateMember)]
    [InlineData("{" + Resource + ",\"unknown\":[{\"a\":{\"b\":1,\"b\":1}}]}", MetadataFault.DuplicateMember)]
    [InlineData("{" + Resource + ",\"resource_name#de-CH\":\"a\",\"resource_name#DE-ch\":\"b\"}", MetadataFault.DuplicateMember)]
    [InlineData("{" + Resource + ",\"jwks_uri\":\"http://h.example/jwks\"}", MetadataFault.JwksUriInvalid)]
    [InlineData("{" + Resource + ",\"jwks_uri\":\"jwks\"}", MetadataFault.JwksUriInvalid)]
    [InlineData("{" + Resource + ",\"bearer_methods_supported\":[\"header\",\"cookie\"]}", MetadataFault.BearerMethodUnknown)]
    [InlineData("{" + Resource + ",\"bearer_methods_supported\":[\"Header\"]}", MetadataFault.BearerMethodUnknown)]
    [InlineData("{" + Resource + ",\"resource_signing_alg_values_supported\":[\"ES256\",\"none\"]}", MetadataFault.AlgorithmNone)]
    [InlineData("{" + Resource + ",\"resource_signing_alg_values_supported\":[\"NonE\"]}", MetadataFault.AlgorithmNone)]
    [InlineData("{" + Resource + ",\"dpop_signing_alg_values_supported\":[\"none\"]}", MetadataFault.AlgorithmNone)]
    public void TryParse_FaultyDocument_NamesTheFault(string json, MetadataFault expected) => AssertRefused(Encoding.UTF8.GetBytes(json), expected);

    public static TheoryData<string, string> WrongTypes()
    {
        var data = new TheoryData<string, string>();
        string[] flags = ["tls_client_certificate_bound_access_tokens", "dpop_bound_access_tokens_required"];
        string[] lists =
        [
            "authorization_servers", "scopes_supported", "bearer_methods_supported", "resource_signing_alg_values_supported",
            "authorization_details_types_supported", "dpop_signing_alg_values_supported",
        ];
        string[] texts =
        [
            "jwks_uri", "resource_name", "resource_name#en", "resource_documentation", "resource_documentation#en", "resource_policy_uri",
            "resource_policy_uri#en", "resource_tos_uri", "resource_tos_uri#en", "signed_metadata",
        ];
        AddAll(flags, "\"true\"", "1", "0", "[true]", "{}", "null");
        AddAll(lists, "\"header\"", "null", "{}", "true", "[null]", "[1]", "[[\"header\"]]", "[\"header\",null]");
        AddAll(texts, "null", "1", "true", "[\"https://h.example\"]", "{}");
        return data;

        void AddAll(string[] names, params string[] values)
        {
            foreach (var name in names)
            {
                foreach (var value in values)
                {
                    data.Add(name, value);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(WrongTypes))]
    public void TryParse_MemberOfWrongType_IsRefused(string name, string value) =>
        AssertRefused(Encoding.UTF8.GetBytes($"{{{Resource},\"{name}\":{value}}}"), MetadataFault.WrongType);

    [Theory]
    [InlineData("null")]
    [InlineData("{\"resource\":\"http://evil.example\",\"deep\":[{}]}")]
    [InlineData("\"\\ud800\"")]
    [Requirement("R9728-2-10")]
    public void TryParse_UnknownMember_IsIgnored(string value)
    {
        var metadata = Parse($"{{\"x\":{value},{Resource},\"RESOURCE_NAME\":1,\"scopes_supported#en\":2,\"tls_client_certificate_bound_access_tokens\":true}}");

        Assert.True(metadata.TlsClientCertificateBoundAccessTokens);
        Assert.Equal("{" + Resource + ",\"tls_client_certificate_bound_access_tokens\":true}", Write(metadata));
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    public void TryParse_Flag_IsReadAsWritten(string json, bool expected) =>
        Assert.Equal(expected, Parse($"{{{Resource},\"tls_client_certificate_bound_access_tokens\":{json}}}").TlsClientCertificateBoundAccessTokens);

    [Fact]
    public void TryParse_EmptyArrays_AreTolerated()
    {
        var metadata = Parse("{" + Resource + ",\"authorization_servers\":[],\"bearer_methods_supported\":[],\"resource_signing_alg_values_supported\":[]}");

        Assert.Empty(metadata.AuthorizationServers!);
        Assert.Empty(metadata.BearerMethodsSupported!);
    }

    [Fact]
    public void TryParse_EscapedNameAndValue_AreUnescapedAndNothingElse()
    {
        var metadata = Parse("{\"\\u0072esource\":\"https:\\/\\/h.example\\/\\u0061\",\"resource_name\":\"e\\u0301\"}");

        Assert.Equal("https://h.example/a", metadata.Resource.Value);

        // RFC 9728 §6: no Unicode normalisation.
        Assert.Equal("e\u0301", metadata.ResourceName);
        Assert.NotEqual("\u00E9", metadata.ResourceName);
    }

    [Fact]
    public void LocalizedResourceNames_TagInOtherCase_IsFound()
    {
        var metadata = Parse("{" + Resource + ",\"resource_name#en\":\"My Resource\",\"resource_name#it\":\"La mia bella risorsa\",\"resource_name#DE-ch\":\"x\"}");

        Assert.Equal("My Resource", metadata.LocalizedResourceNames["EN"]);
        Assert.Equal("La mia bella risorsa", metadata.LocalizedResourceNames["it"]);
        Assert.Equal("x", metadata.LocalizedResourceNames["de-CH"]);
        Assert.Null(metadata.ResourceName);
    }

    [Theory]
    [InlineData("resource_name#")]
    [InlineData("resource_name#de_CH")]
    [InlineData("resource_name#-")]
    [InlineData("resource_name#de-")]
    [InlineData("resource_name#ninechars")]
    [InlineData("resource_name#é")]
    [InlineData("resource_names#de")]
    [InlineData("Resource_name#de")]
    [Requirement("R9728-2.1-1")]
    public void TryParse_MalformedLanguageTag_IsAnUnknownMember(string name)
    {
        Assert.Empty(Parse($"{{{Resource},\"{name}\":null}}").LocalizedResourceNames);
    }

    [Fact]
    public void TryParse_InvalidUtf8_IsRefused()
    {
        byte[] json = [.. "{"u8, .. Encoding.UTF8.GetBytes(Resource), .. ",\"x\":\""u8, 0xFF, .. "\"}"u8];
        AssertRefused(json, MetadataFault.InvalidJson);

        json[Array.IndexOf(json, (byte)0xFF)] = (byte)'a';
        Assert.True(ProtectedResourceMetadata.TryParse(json, out _, out _));
    }

    [Fact]
    public void TryParse_Length_AcceptedUpToTheLimit()
    {
        var longest = Encoding.UTF8.GetBytes(("{" + Resource + "}").PadRight(ProtectedResourceMetadata.MaxLength));

        Assert.True(ProtectedResourceMetadata.TryParse(longest, out _, out _));
        AssertRefused([.. longest, (byte)' '], MetadataFault.TooLong);
    }

    [Fact]
    public void TryParse_Depth_AcceptedUpToTheLimit()
    {
        var inner = ProtectedResourceMetadata.MaxDepth - 1;

        Parse($"{{{Resource},\"x\":{new string('[', inner)}{new string(']', inner)}}}");
        AssertRefused(Encoding.UTF8.GetBytes($"{{{Resource},\"x\":{new string('[', inner + 1)}{new string(']', inner + 1)}}}"), MetadataFault.InvalidJson);
    }

    [Fact]
    public void Construction_ForbiddenValue_Throws()
    {
        var resource = ResourceIdentifier.Parse("https://h.example");

        Assert.Throws<ArgumentNullException>(() => new ProtectedResourceMetadata { Resource = null! });
        Assert.Throws<ArgumentException>(() => new ProtectedResourceMetadata { Resource = resource, JwksUri = "http://h.example" });
        Assert.Throws<ArgumentException>(() => new ProtectedResourceMetadata { Resource = resource, BearerMethodsSupported = ["cookie"] });
        Assert.Throws<ArgumentException>(() => new ProtectedResourceMetadata { Resource = resource, ResourceSigningAlgValuesSupported = ["none"] });
        Assert.Throws<ArgumentException>(() => new ProtectedResourceMetadata { Resource = resource, DpopSigningAlgValuesSupported = ["None"] });
        Assert.Throws<ArgumentException>(() => new ProtectedResourceMetadata { Resource = resource, ScopesSupported = [null!] });
        Assert.Throws<ArgumentException>(() => new ProtectedResourceMetadata { Resource = resource, ScopesSupported = ["\uD800"] });
        Assert.Throws<ArgumentException>(() => new ProtectedResourceMetadata { Resource = resource, ResourceName = "\uDC00" });
        Assert.Throws<ArgumentNullException>(() => new ProtectedResourceMetadata { Resource = resource, LocalizedResourceNames = null! });
        Assert.Throws<ArgumentException>(() => WithNames(("de_CH", "x")));
        Assert.Throws<ArgumentException>(() => WithNames(("de", "\uD800")));
        Assert.Throws<ArgumentException>(() => WithNames(("de", null!)));
        Assert.Throws<ArgumentException>(() => WithNames(("de", "x"), ("DE", "x")));
        Assert.Equal("x", WithNames(("de", "x")).LocalizedResourceNames["DE"]);

        ProtectedResourceMetadata WithNames(params (string Tag, string Name)[] names) =>
            new() { Resource = resource, LocalizedResourceNames = names.ToDictionary(name => name.Tag, name => name.Name) };
    }

    [Fact]
    public void Construction_ListChangedLater_LeavesTheDocumentAlone()
    {
        var methods = new List<string> { "header" };
        var metadata = new ProtectedResourceMetadata { Resource = ResourceIdentifier.Parse("https://h.example"), BearerMethodsSupported = methods };
        methods[0] = "cookie";

        Assert.Equal(["header"], metadata.BearerMethodsSupported);
    }

    [Fact]
    public void ToUtf8Json_AnyDocument_ReadsBackTheSame()
    {
        var text = Gen.String.Where(value => !HasUnpairedSurrogate(value));
        var list = text.List[1, 4].Null();
        var flag = Gen.Int[0, 2].Select(choice => choice == 0 ? (bool?)null : choice == 1);
        var tag = Gen.Int[0, 3].Select(choice => new[] { "de", "en", "de-CH", "zh-Hant" }[choice]);
        var method = Gen.Bool.Select(header => header ? "header" : "body");
        var path = Gen.String[Gen.Char.AlphaNumeric, 0, 10];
        Gen.Select(path, list, method.List[0, 2].Null(), text.Null(), Gen.Dictionary(tag, text)[0, 3], flag, flag)
            .Sample((path, scopes, methods, name, localized, bound, dpop) =>
            {
                var metadata = new ProtectedResourceMetadata
                {
                    Resource = ResourceIdentifier.Parse("https://h.example/" + path),
                    AuthorizationServers = scopes,
                    ScopesSupported = scopes,
                    BearerMethodsSupported = methods,
                    ResourceName = name,
                    LocalizedResourceNames = localized.AsReadOnly(),
                    TlsClientCertificateBoundAccessTokens = bound,
                    DpopBoundAccessTokensRequired = dpop,
                    SignedMetadata = name,
                };
                var written = metadata.ToUtf8Json();
                Assert.True(ProtectedResourceMetadata.TryParse(written, out var read, out var fault), fault.ToString());

                Assert.Equal(metadata.Resource, read.Resource);
                Assert.Equal(metadata.ScopesSupported, read.ScopesSupported);
                Assert.Equal(metadata.BearerMethodsSupported, read.BearerMethodsSupported);
                Assert.Equal(name, read.ResourceName);
                Assert.Equal(localized.OrderBy(pair => pair.Key), read.LocalizedResourceNames.OrderBy(pair => pair.Key));
                Assert.Equal((bound, dpop), (read.TlsClientCertificateBoundAccessTokens, read.DpopBoundAccessTokensRequired));
                Assert.Equal(written, read.ToUtf8Json());
            }, iter: 1_000);
    }

    [Fact]
    public void TryParse_AnyBytes_DoesNotThrow() => Gen.Byte.Array[0, 60].Sample(AssertParsesOrFaults, iter: 20_000);

    [Fact]
    public void TryParse_AnyDamageToADocument_DoesNotThrow() =>
        Gen.Select(Gen.Int[0, Encoding.UTF8.GetByteCount(Everything) - 1], Gen.Byte).Sample((position, value) =>
        {
            var json = Encoding.UTF8.GetBytes(Everything);
            json[position] = value;
            AssertParsesOrFaults(json);
        }, iter: 5_000);

    private static void AssertParsesOrFaults(byte[] json)
    {
        var good = ProtectedResourceMetadata.TryParse(json, out var metadata, out var fault);
        Assert.Equal(good, metadata is not null);
        Assert.Equal(good, fault is null);
        if (good)
        {
            Assert.True(ProtectedResourceMetadata.TryParse(metadata!.ToUtf8Json(), out _, out _));
        }
    }

    private static bool HasUnpairedSurrogate(string value) =>
        value.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') >= 0 && Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(value)) != value;

    private static ProtectedResourceMetadata Parse(string json)
    {
        Assert.True(ProtectedResourceMetadata.TryParse(Encoding.UTF8.GetBytes(json), out var metadata, out var fault), fault.ToString());
        return metadata;
    }

    private static string Write(ProtectedResourceMetadata metadata) => Encoding.UTF8.GetString(metadata.ToUtf8Json());

    private static void AssertRefused(byte[] json, MetadataFault expected)
    {
        Assert.False(ProtectedResourceMetadata.TryParse(json, out var metadata, out var fault));
        Assert.Equal(expected, fault);
        Assert.Null(metadata);
    }
}
