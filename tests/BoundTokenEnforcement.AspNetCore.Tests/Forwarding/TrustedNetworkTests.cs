using System.Net;

namespace BoundTokenEnforcement.AspNetCore.Tests.Forwarding;

public sealed class TrustedNetworkTests
{
    [Theory]
    [InlineData("10.1.2.3", "10.1.2.3", "10.1.2.4")]
    [InlineData("10.1.0.0/16", "10.1.255.255", "10.2.0.0")]
    [InlineData("10.1.2.3/32", "10.1.2.3", "10.1.2.2")]
    [InlineData("10.1.2.2/31", "10.1.2.3", "10.1.2.4")]
    [InlineData("128.0.0.0/1", "255.1.1.1", "127.255.255.255")]
    [InlineData("2001:db8::1", "2001:db8::1", "2001:db8::2")]
    [InlineData("2001:DB8:0:0::1", "2001:db8::1", "2001:db8:1::1")]
    [InlineData("2001:db8::/32", "2001:db8:ffff::", "2001:db9::")]
    [InlineData("::1", "::1", "::2")]
    [InlineData("::1", "::1", "127.0.0.1")]
    [InlineData("127.0.0.1", "127.0.0.1", "::1")]
    // A link has more than one fe80::1; only the address is compared, as written.
    [InlineData("fe80::1", "fe80::1%2", "fe80::2%2")]
    [InlineData("fe80::/64", "fe80::1%2", "fe81::1%2")]
    // A socket for both families writes an IPv4 peer so, and a configuration may.
    [InlineData("10.1.2.3", "::ffff:10.1.2.3", "::ffff:10.1.2.4")]
    [InlineData("10.1.0.0/16", "::ffff:10.1.9.9", "::ffff:10.2.9.9")]
    [InlineData("::ffff:10.1.2.3", "10.1.2.3", "10.1.2.4")]
    [InlineData("::ffff:10.1.2.3", "::ffff:10.1.2.3", "::ffff:10.1.2.4")]
    [InlineData("::ffff:10.1.0.0/112", "10.1.9.9", "10.2.9.9")]
    [InlineData("::ffff:a01:203", "10.1.2.3", "::10.1.2.3")]
    // The prefix reaches over the mapped addresses; whoever wrote a network of IPv6 did not mean them.
    [InlineData("::/64", "::1", "::ffff:10.1.2.3")]
    [InlineData("::fffe:0:0/95", "::fffe:1:1", "::ffff:10.1.2.3")]
    [InlineData("::/64", "::2", "10.1.2.3")]
    [InlineData("::ffff:0:0/96", "::ffff:10.1.2.3", "::10.1.2.3")]
    [InlineData("::ffff:0:0/97", "::ffff:10.1.2.3", "::ffff:200.1.2.3")]
    [InlineData("::ffff:128.0.0.0/97", "200.1.2.3", "10.1.2.3")]
    [InlineData("::/0", "2001:db8::1", "::ffff:10.1.2.3")]
    [InlineData("::/0", "2001:db8::2", "10.1.2.3")]
    [InlineData("0.0.0.0/0", "10.1.2.3", "2001:db8::1")]
    [InlineData("0.0.0.0/0", "::ffff:10.1.2.3", "::1")]
    public void Contains_Address_OnlyOnesInside(string text, string inside, string outside)
    {
        Assert.True(TrustedNetwork.TryParse(text, out var network));

        Assert.True(network.Contains(IPAddress.Parse(inside)));
        Assert.False(network.Contains(IPAddress.Parse(outside)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("*")]
    [InlineData("localhost")]
    [InlineData("10.1.2.3 ")]
    [InlineData(" 10.1.2.3")]
    [InlineData("10.1.2.3:80")]
    [InlineData("10.1.2.3,10.1.2.4")]
    [InlineData("10.1.2.0-10.1.2.9")]
    [InlineData("10.1.2.*")]
    [InlineData("10.1.2.256")]
    // What the platform makes of these is another address than the one that stands there.
    [InlineData("10.1")]
    [InlineData("167772161")]
    [InlineData("0x0a010203")]
    [InlineData("0x0a.1.2.3")]
    [InlineData("10.1.2.010")]
    [InlineData("010.1.2.3")]
    [InlineData("010.0.0.0/8")]
    [InlineData("0xa.0.0.0/8")]
    [InlineData("167772160/8")]
    [InlineData("10/8")]
    [InlineData("0/0")]
    [InlineData("10.256/16")]
    // Bits behind the prefix, and prefixes that are none.
    [InlineData("10.1.2.3/16")]
    [InlineData("2001:db8::1/32")]
    [InlineData("::ffff:10.1.2.3/112")]
    [InlineData("::ffff:0:0/95")]
    [InlineData("10.1.0.0/33")]
    [InlineData("2001:db8::/129")]
    [InlineData("10.1.0.0/-1")]
    [InlineData("10.1.0.0/+16")]
    [InlineData("10.1.0.0/ 16")]
    [InlineData("10.1.0.0/")]
    [InlineData("/16")]
    [InlineData("10.1.0.0/16/16")]
    [InlineData("10.1.0.0/255.255.0.0")]
    // Read by the platform, and then not looked at.
    [InlineData("fe80::1%eth0")]
    [InlineData("fe80::1%2")]
    [InlineData("fe80::%2/64")]
    [InlineData("[::1]")]
    [InlineData("[::1]:443")]
    [InlineData("[2001:db8::]/32")]
    public void TryParse_AnythingElse_IsRefused(string? text)
    {
        Assert.False(TrustedNetwork.TryParse(text, out var network));
        Assert.False(network.Contains(IPAddress.Any));
    }

    [Theory]
    [InlineData("0.0.0.0/0", true)]
    [InlineData("::/0", true)]
    [InlineData("0:0::/0", true)]
    [InlineData("::ffff:0:0/96", true)]
    [InlineData("::ffff:0.0.0.0/96", true)]
    [InlineData("0.0.0.0/1", false)]
    [InlineData("::/1", false)]
    [InlineData("::ffff:0:0/97", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("::", false)]
    public void IsEverything_Network_OnlyIfNoAddressIsLeftOut(string text, bool everything)
    {
        Assert.True(TrustedNetwork.TryParse(text, out var network));

        Assert.Equal(everything, network.IsEverything);
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.0.0.0/8", true)]
    [InlineData("127.1.0.0/16", true)]
    [InlineData("::1", true)]
    [InlineData("::1/128", true)]
    [InlineData("::ffff:127.0.0.1", true)]
    [InlineData("126.0.0.0/7", false)]
    [InlineData("0.0.0.0/1", false)]
    [InlineData("::/64", false)]
    [InlineData("10.1.2.3", false)]
    public void IsLoopback_Network_OnlyIfAllOfItIs(string text, bool loopback)
    {
        Assert.True(TrustedNetwork.TryParse(text, out var network));

        Assert.Equal(loopback, network.IsLoopback);
    }

    // The platform's own default is 0.0.0.0/0.
    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("10.1.2.3")]
    [InlineData("::ffff:10.1.2.3")]
    [InlineData("::")]
    [InlineData("::1")]
    public void Contains_OfADefaultValue_Nothing(string address) => Assert.False(default(TrustedNetwork).Contains(IPAddress.Parse(address)));
}
