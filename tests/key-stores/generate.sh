#!/bin/sh
# Makes the key stores and certificates of the cases under corpus/rules anew, with keytool of Java 9 or later. None of them
# protects anything: the tests look at aliases, names and dates, on the day that they take for today (2026-11-20).
set -eu
cd "$(dirname "$0")/../../corpus/rules"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
PASSWORD=changeit

# pair NAME ALIAS HOST START DAYS [OPTION...]: a key with a certificate of its own
pair() {
    name=$1 alias=$2 host=$3 start=$4 days=$5
    shift 5
    keytool -genkeypair -storetype JKS -keystore "$work/$name.jks" -storepass $PASSWORD -keypass $PASSWORD \
        -alias "$alias" -dname "CN=$host,O=Corp" -ext "SAN=dns:$host" -startdate "$start 00:00:00" -validity "$days" \
        -keyalg RSA "$@" 2>/dev/null
    keytool -exportcert -rfc -keystore "$work/$name.jks" -storepass $PASSWORD -alias "$alias" \
        -file "$work/$name.crt" 2>/dev/null
}

# trust NAME ALIAS=PAIR...: a store of certificates
trust() {
    name=$1
    shift
    for entry in "$@"; do
        keytool -importcert -noprompt -storetype JKS -keystore "$work/$name.jks" -storepass $PASSWORD \
            -alias "${entry%%=*}" -file "$work/${entry#*=}.crt" 2>/dev/null
    done
}

# put FILE CASE/PATH: copies into a case
put() {
    mkdir -p "$(dirname "$2")"
    cp "$work/$1" "$2"
}

pair valid bank api.bank.test 2026/01/01 3650 -keysize 2048
pair other bank old.bank.test 2026/01/01 3650 -keysize 2048
pair wildcard bank '*.bank.test' 2026/01/01 3650 -keysize 2048
pair ended bank api.bank.test 2024/01/01 365 -keysize 2048
pair ending bank api.bank.test 2026/01/01 344 -keysize 2048
pair early bank api.bank.test 2027/06/01 365 -keysize 2048
pair short bank api.bank.test 2026/01/01 3650 -keysize 1024
pair sha1 bank api.bank.test 2026/01/01 3650 -keysize 2048 -sigalg SHA1withRSA
trust trust-valid bank=valid gateway_certificate_alias=valid
trust trust-other bank=other
trust trust-ended old=ended gateway_certificate_alias=valid
keytool -importkeystore -srckeystore "$work/ended.jks" -srcstorepass $PASSWORD -destkeystore "$work/ended.p12" \
    -deststoretype PKCS12 -deststorepass $PASSWORD 2>/dev/null

SECURITY=repository/resources/security
for case in fires-other-alias fires-deployment-toml quiet-alias-in-capitals; do
    put valid.jks key-alias-missing/$case/nodes/node1/$SECURITY/bank.jks
done
put trust-valid.jks key-alias-missing/fires-certificate-alone/nodes/node1/$SECURITY/bank.jks
put trust-other.jks key-alias-missing/fires-gateway-certificate/nodes/node1/$SECURITY/trust.jks
put trust-valid.jks key-alias-missing/quiet-gateway-certificate/nodes/node1/$SECURITY/trust.jks
put ended.p12 key-alias-missing/quiet-pkcs12/nodes/node1/$SECURITY/bank.p12

put ended.jks certificate-weak/fires-ended/nodes/node1/$SECURITY/bank.jks
put ending.jks certificate-weak/fires-ends-soon/nodes/node1/$SECURITY/bank.jks
put early.jks certificate-weak/fires-not-yet-valid/nodes/node1/$SECURITY/bank.jks
put short.jks certificate-weak/fires-short-key/nodes/node1/$SECURITY/bank.jks
put sha1.jks certificate-weak/fires-sha1/nodes/node1/$SECURITY/bank.jks
put ended.crt certificate-weak/fires-proxy/ssl/api.crt
put valid.jks certificate-weak/quiet-valid/nodes/node1/$SECURITY/bank.jks
put valid.crt certificate-weak/quiet-valid/ssl/api.crt
put valid.jks certificate-weak/quiet-trust-store/nodes/node1/$SECURITY/bank.jks
put trust-ended.jks certificate-weak/quiet-trust-store/nodes/node1/$SECURITY/trust.jks
put ended.p12 certificate-weak/quiet-pkcs12/nodes/node1/$SECURITY/bank.p12

for case in fires-other-name quiet-verification-off quiet-called-by-its-name; do
    put other.jks certificate-name-mismatch/$case/nodes/gateway/$SECURITY/gateway.jks
done
put wildcard.jks certificate-name-mismatch/quiet-wildcard/nodes/gateway/$SECURITY/gateway.jks
put other.crt certificate-name-mismatch/fires-proxy/ssl/api.crt
put wildcard.crt certificate-name-mismatch/quiet-wildcard/ssl/api.crt

for case in fires-not-imported quiet-imported quiet-trust-store-left-out; do
    put other.jks truststore-peer-missing/$case/nodes/gateway/$SECURITY/gateway.jks
done
put trust-valid.jks truststore-peer-missing/fires-not-imported/nodes/publisher/$SECURITY/client-truststore.jks
put trust-other.jks truststore-peer-missing/quiet-imported/nodes/publisher/$SECURITY/client-truststore.jks
put trust-valid.jks truststore-peer-missing/fires-proxy/nodes/publisher/$SECURITY/client-truststore.jks
put other.crt truststore-peer-missing/fires-proxy/ssl/api.crt
