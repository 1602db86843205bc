import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { certificateOf } from '../server/engine/x509.ts';

const expired = `-----BEGIN CERTIFICATE-----
MIIBHTCBxAIBATAKBggqhkjOPQQDAjAbMRkwFwYDVQQDDBBzaG9wLmV4YW1wbGUu
Y29tMB4XDTE5MDEwMTAwMDAwMFoXDTIwMDEwMTAwMDAwMFowGzEZMBcGA1UEAwwQ
c2hvcC5leGFtcGxlLmNvbTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABBXg+kNj
opAzGyjYfLP6FIq6+SQm8EppGwWmnH7a4XFD2adeVsgkrcp47bePoDf7vNY1k20E
4AXO+WhPyQFPLYIwCgYIKoZIzj0EAwIDSAAwRQIhANPCW4nnanAffYiQO5hHPQox
YT8HMERV+8PXfTsqiUlFAiBAmw9dySMMfNphNNqW9mzZJP+yV36Gv5TUZO+D3JFY
4A==
-----END CERTIFICATE-----`;

const short = `-----BEGIN CERTIFICATE-----
MIICEjCCAXugAwIBAgIUJ98YbcSUSYN0v0gN4gUqHXQAw0UwDQYJKoZIhvcNAQEL
BQAwGzEZMBcGA1UEAwwQc2hvcC5leGFtcGxlLmNvbTAeFw0yNjExMjUwNDQ3Mzla
Fw0zNjExMjIwNDQ3MzlaMBsxGTAXBgNVBAMMEHNob3AuZXhhbXBsZS5jb20wgZ8w
DQYJKoZIhvcNAQEBBQADgY0AMIGJAoGBAMq6HhuCjX1RkTJr6Y3YnKkm/QRM19DF
HC6rCCV9GsxFVq+heBL23g2I3him+jsWPx2XJG9RmAng97xhjVK/SSxPqdQtI/k3
HmDajjU+19f3VI6JEmmsWN5InvcXkNxFxs7cbbQpU5jmmaQsYWcg67DDTXCXwpdC
2UmwTEZWtqPLAgMBAAGjUzBRMB0GA1UdDgQWBBQZSooWWGnnyhDYo+BWYunEolF8
lzAfBgNVHSMEGDAWgBQZSooWWGnnyhDYo+BWYunEolF8lzAPBgNVHRMBAf8EBTAD
AQH/MA0GCSqGSIb3DQEBCwUAA4GBALTu8bLCWDIGi3OxWvBjoFJvtW+6wK8rqxjP
Wl0jHyu88sTnQ27vCryjRlFeytY9FlsHUMLU3uxSQR3gDHMV2GMh1JiKQdvhzjJh
OFlR3w9nVI25ndYQ9GzJWJyQy/eg4hnYmfrT7nj/frRssE0AmtqNab5/Gdc/7A8K
G3T5FVpM
-----END CERTIFICATE-----`;

describe('x509', () => {
  it('reads the end of a certificate of version 1', () => assert.deepEqual(certificateOf(expired), { expires: '20200101' }));

  it('measures an RSA key', () => assert.equal(certificateOf(`leaf:\n${short}\n`)?.rsaBits, 1024));

  it('gives up on what it cannot read', () => {
    const lines = short.split('\n');
    for (const text of [
      '',
      'MIIB',
      lines.slice(0, 5).join('\n'),
      [lines[0], lines[3], lines.at(-1)].join('\n'),
      [lines[0], '~~~~', lines.at(-1)].join('\n'),
    ])
      assert.equal(certificateOf(text), undefined);
    const cut = [lines[0], 'MIIBHTCBxAIBATAKBggq', lines.at(-1)].join('\n');
    assert.equal(certificateOf(cut), undefined);
  });
});
