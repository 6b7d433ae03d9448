#!/usr/bin/env bash
# One command: makes an authority, its responder and some clients, starts this API, and shows who gets in. Needs openssl and curl. Everything is on the loopback address and in a temporary folder.
set -euo pipefail
project=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
processes=()
cleanup() {
    for process in "${processes[@]}"; do kill "$process" 2>/dev/null || true; done
    wait 2>/dev/null || true
    rm -rf "$work"
}
trap cleanup EXIT
[ -n "${API:-}" ] || dotnet build "$project" -v q -clp:NoSummary >/dev/null
cd "$work"

# The responder is asked by the names of these ports, so they must be known before it starts.
responder=$((20000 + RANDOM % 10000))
issuer=https://as.example
audience=https://orders.example

base64url() { openssl base64 -A | tr '+/' '-_' | tr -d =; }
authority() { # NAME
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -out "$1.pem" -subj "/CN=$1" -days 2 \
        -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign 2>/dev/null
}
client() { # NAME AUTHORITY SERIAL
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -out "$1.csr" -subj "/CN=$1" 2>/dev/null
    openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -set_serial "$3" -days 2 -out "$1.pem" \
        -extfile <(printf 'extendedKeyUsage=clientAuth\nauthorityInfoAccess=OCSP;URI:http://127.0.0.1:%s\n' "$responder") 2>/dev/null
}
# A token as an authorization server binds it: RFC 8705 section 3.1.
token() { # CERTIFICATE
    local header payload now
    now=$(date +%s)
    header=$(printf '{"alg":"HS256","typ":"at+jwt","kid":"run"}' | base64url)
    payload=$(printf '{"iss":"%s","aud":"%s","sub":"alice","client_id":"run","iat":%s,"exp":%s,"cnf":{"x5t#S256":"%s"}}' "$issuer" "$audience" "$now" $((now + 600)) \
        "$(openssl x509 -in "$1" -outform der | openssl sha256 -binary | base64url)" | base64url)
    printf '%s.%s.%s' "$header" "$payload" "$(printf '%s.%s' "$header" "$payload" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | base64url)"
}
await() { # TEXT FILE
    for _ in $(seq 300); do
        grep -q "$1" "$2" 2>/dev/null && return
        kill -0 "${processes[-1]}" 2>/dev/null || break
        sleep 0.2
    done
    cat "$2" >&2
    exit 1
}

secret=$(openssl rand -base64 32)
key=$(printf '%s\n' "$secret" | openssl base64 -d | od -An -tx1 | tr -d ' \n')
serial=$(openssl rand -hex 7)
authority partners
authority strangers
client trusted partners "0x1${serial}"
client revoked partners "0x2${serial}"
client later partners "0x3${serial}"
client stranger strangers "0x4${serial}"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout server.key -out server.pem -subj /CN=localhost -days 2 -addext 'subjectAltName=DNS:localhost,IP:127.0.0.1' 2>/dev/null

# What openssl's own responder reads: state, end, revocation, serial number, file, subject.
ends=$(date -u -d '+1 day' +%y%m%d%H%M%SZ)
for name in trusted later revoked; do
    number=$(openssl x509 -in "$name.pem" -noout -serial | sed 's/serial=//')
    if [ "$name" = revoked ]; then printf 'R\t%s\t%s,keyCompromise\t%s\tunknown\t/CN=%s\n' "$ends" "$(date -u -d '-1 hour' +%y%m%d%H%M%SZ)" "$number" "$name"
    else printf 'V\t%s\t\t%s\tunknown\t/CN=%s\n' "$ends" "$number" "$name"; fi
done >index.txt
openssl ocsp -index index.txt -port "$responder" -rsigner partners.pem -rkey partners.key -CA partners.pem -ndays 1 >responder.txt 2>&1 &
processes+=($!)
asked=$!

ASPNETCORE_URLS=https://127.0.0.1:0 \
Kestrel__Certificates__Default__Path=$work/server.pem Kestrel__Certificates__Default__KeyPath=$work/server.key \
Certificates__Authorities=$work/partners.pem Certificates__Revocation=${REVOCATION:-Strict} \
Authentication__Schemes__Bearer__ValidIssuer=$issuer Authentication__Schemes__Bearer__ValidAudiences__0=$audience \
ProtectedResource__Resource=$audience ProtectedResource__AuthorizationServers__0=$issuer \
Authentication__Schemes__Bearer__SigningKeys__0__Issuer=$issuer Authentication__Schemes__Bearer__SigningKeys__0__Id=run \
Authentication__Schemes__Bearer__SigningKeys__0__Value=$secret \
    dotnet "${API:-$project/bin/Debug/net10.0/TrustedCertificatesApi.dll}" >api.txt 2>&1 </dev/null &
processes+=($!)
await 'Now listening on' api.txt
url=$(sed -nE 's#.*Now listening on: (https://127.0.0.1:[0-9]+).*#\1#p' api.txt | head -n 1)

failed=0
row() { # WHAT EXPECTED CLIENT TOKEN
    local status
    status=$(curl -sS -o /dev/null -w '%{http_code}' --cacert server.pem ${3:+--cert "$3.pem" --key "$3.key"} -H "Authorization: Bearer $(token "$4.pem")" "$url/orders")
    printf '%-62s %s\n' "$1" "$status"
    [ "$status" = "$2" ] || { failed=1; echo "  expected $2" >&2; }
}
down=401
[ "${REVOCATION:-Strict}" = Strict ] || down=200
revoked=401
[ "${REVOCATION:-Strict}" != Skip ] || revoked=200
row 'a trusted certificate and the token bound to it' 200 trusted trusted
row 'the same token without the certificate' 401 '' trusted
row 'the same token with another trusted certificate' 401 later trusted
row "a certificate of another authority, and the token bound to it" 401 stranger stranger
row 'a revoked certificate and the token bound to it' "$revoked" revoked revoked
client unseen partners "0x5${serial}"
kill "$asked" && wait "$asked" 2>/dev/null || true
row 'the responder is down: who was seen before' 200 trusted trusted
row "the responder is down: who was not (Revocation = ${REVOCATION:-Strict})" "$down" unseen unseen
[ "$failed" = 0 ] || cat responder.txt api.txt >&2
exit $failed
