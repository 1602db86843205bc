import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { crc32 as zlibCrc32 } from 'node:zlib';
import fc from 'fast-check';
import { decodeBase64, decodeJson } from '../server/engine/secrets/base64.ts';
import { base62, checksums, crc32 } from '../server/engine/secrets/checksums.ts';

const check = (name: string, value: string): string | undefined => checksums[name]!(value);
/** Text from a seed: tokens that are the same on every run and nobody's. */
const made = (seed: string, length: number): string =>
  createHash('sha512')
    .update(seed)
    .digest('base64')
    .replace(/[^A-Za-z0-9]/g, '')
    .repeat(3)
    .slice(0, length);
const withCrc = (prefix: string, seed: string): string => {
  const random = made(seed, 30);
  return prefix + random + base62(crc32(random));
};
const b64 = (json: unknown): string => Buffer.from(JSON.stringify(json)).toString('base64url');

describe('base64', () => {
  it('decodes what Node encodes, padded or not, both alphabets', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const buffer = Buffer.from(bytes);
        for (const form of ['base64', 'base64url'] as const) assert.deepEqual(decodeBase64(buffer.toString(form)), bytes);
        assert.deepEqual(decodeBase64(buffer.toString('base64').replace(/=+$/, '')), bytes);
      }),
      { seed: 7 },
    );
  });
  it('refuses what is not base64', () => {
    for (const text of ['a', 'ab c', 'ab\n', 'äbcd', 'a===', 'ab=c', 'abc.']) assert.equal(decodeBase64(text), undefined, text);
    assert.equal(decodeJson('bm90IGpzb24'), undefined);
    assert.equal(decodeJson(Buffer.from('[1]').toString('base64')), undefined);
  });
});

describe('checksums', () => {
  it('computes CRC-32 and base62', () => {
    assert.equal(crc32('123456789'), 0xcbf43926);
    const zlib = zlibCrc32 as ((text: string) => number) | undefined;
    if (zlib) assert.equal(crc32('leftward'), zlib('leftward'));
    assert.equal(base62(0), '000000');
    assert.equal(base62(61), '00000z');
    assert.equal(base62(62), '000010');
    assert.equal(base62(0xffffffff), '4gfFC3');
  });

  it('GitHub: every kind with the right checksum, none with a wrong one', () => {
    for (const kind of ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_']) {
      const token = withCrc(kind, kind);
      assert.equal(check('github-token', token), 'its checksum is right');
      assert.equal(check('github-token', token.slice(0, -1) + (token.endsWith('0') ? '1' : '0')), undefined);
      assert.equal(check('github-token', token + 'a'), undefined);
    }
    assert.equal(check('github-token', withCrc('ghx_', 'x')), undefined);
    assert.ok(check('github-token', `github_pat_${made('a', 22)}_${made('b', 59)}`));
    assert.equal(check('github-token', `github_pat_${made('a', 22)}_${made('b', 58)}`), undefined);
    // The sample that GitHub's tokens were first explained with.
    assert.ok(check('github-token', ['ghp', 'zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17'].join('_')));
  });

  it('npm', () => {
    assert.ok(check('npm-token', withCrc('npm_', 'n')));
    assert.equal(check('npm-token', 'npm_' + made('n', 36)), undefined);
  });

  it('AWS: the account number must be one', () => {
    assert.ok(check('aws-key-id', ['AKIA', 'SP2TPHJSQH3FJXYZ'].join('')));
    assert.ok(check('aws-key-id', ['ASIA', 'SP2TPHJSQH3FJXYZ'].join('')));
    assert.equal(check('aws-key-id', 'AKIAAAAAAAAAAAAAAAAA'), undefined);
    assert.equal(check('aws-key-id', 'AKIA7777777777777777'), undefined);
    assert.equal(check('aws-key-id', 'AKIA0189SP2TPHJSQH3F'), undefined);
    assert.equal(check('aws-key-id', 'AIDASP2TPHJSQH3FJXYZ'), undefined);
    assert.equal(check('aws-key-id', 'AKIASP2TPHJSQH3FJXY'), undefined);
  });

  it('JWT: signed, decodable, not public and not an example', () => {
    const head = b64({ alg: 'HS256', typ: 'JWT' });
    const signature = made('sig', 43);
    assert.ok(check('jwt', `${head}.${b64({ sub: 'svc' })}.${signature}`));
    assert.equal(check('jwt', `${head}.${b64({ sub: 'svc' })}.`), undefined);
    assert.equal(check('jwt', `${b64({ alg: 'none' })}.${b64({ sub: 'svc' })}.${signature}`), undefined);
    assert.equal(check('jwt', `${b64({ typ: 'JWT' })}.${b64({ sub: 'svc' })}.${signature}`), undefined);
    assert.equal(check('jwt', `${head}.${b64({ role: 'anon' })}.${signature}`), undefined);
    assert.equal(check('jwt', `${head}.${b64({ sub: '1234567890', name: 'John Doe' })}.${signature}`), undefined);
    assert.equal(check('jwt', `${head}.${b64({})}.${signature}.${signature}`), undefined);
    assert.equal(check('jwt', `${head}.eyJhb.${signature}`), undefined);
    assert.equal(check('jwt', ''), undefined);
  });

  const keys: Record<string, string> = {};
  before(() => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const ed = generateKeyPairSync('ed25519').privateKey;
    keys.rsa = String(rsa.export({ type: 'pkcs1', format: 'pem' }));
    keys.pkcs8 = String(rsa.export({ type: 'pkcs8', format: 'pem' }));
    keys.ec = String(ec.export({ type: 'sec1', format: 'pem' }));
    keys.ed25519 = String(ed.export({ type: 'pkcs8', format: 'pem' }));
    keys.encrypted = String(rsa.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }));
    keys.legacy = String(rsa.export({ type: 'pkcs1', format: 'pem', cipher: 'aes-128-cbc', passphrase: 'x' }));
    keys.openssh = `-----BEGIN OPENSSH PRIVATE KEY-----\n${Buffer.concat([Buffer.from('openssh-key-v1\0'), createHash('sha512').update('a').digest()]).toString('base64')}\n-----END OPENSSH PRIVATE KEY-----`;
  });

  it('PEM: real keys of every kind, however their lines are written', () => {
    for (const [kind, pem] of Object.entries(keys)) {
      assert.ok(check('pem', pem), kind);
      assert.ok(check('pem', pem.replaceAll('\n', '\\n')), `${kind} escaped`);
      assert.ok(check('pem', pem.replaceAll('\n', '\r\n    ')), `${kind} indented`);
      assert.ok(
        check(
          'pem',
          pem
            .trim()
            .split('\n')
            .map((l) => `'${l}\\n'`)
            .join(' +\n  '),
        ),
        `${kind} concatenated`,
      );
      assert.ok(check('pem', JSON.stringify(pem.trim().split('\n'), null, 2)), `${kind} as a list`);
    }
  });

  it('PEM: not stubs, certificates under a wrong name, or public halves', () => {
    const block = (body: string, kind = 'RSA '): string => `-----BEGIN ${kind}PRIVATE KEY-----\n${body}\n-----END ${kind}PRIVATE KEY-----`;
    assert.equal(check('pem', block('MIIEpAIBAAKCAQEA...')), undefined);
    assert.equal(check('pem', block('MIIEpAIBAAKCAQEA')), undefined);
    assert.equal(check('pem', block('A'.repeat(400))), undefined);
    assert.equal(check('pem', block('your key here, at least as long as a real one would be, that is some lines of text')), undefined);
    assert.equal(check('pem', block(made('x', 90).repeat(3))), undefined);
    const body = keys.pkcs8!.split('\n').slice(1, -2).join('');
    assert.equal(check('pem', block(body, 'EC ')), undefined);
    assert.equal(check('pem', 'no block'), undefined);
  });

  it('Azure and Basic', () => {
    assert.ok(check('azure-storage-key', createHash('sha512').update('k').digest('base64')));
    assert.equal(check('azure-storage-key', createHash('sha256').update('k').digest('base64')), undefined);
    assert.ok(check('basic-auth', Buffer.from('user:password').toString('base64')));
    assert.equal(check('basic-auth', 'Realm123'), undefined);
    assert.equal(check('basic-auth', Buffer.from('nocolon').toString('base64')), undefined);
    assert.ok(check('base64-json', b64({ a: 1 })));
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(checksums)), fc.string({ maxLength: 300 }), (name, text) => {
        checksums[name]!(text);
        checksums[name]!(`-----BEGIN RSA PRIVATE KEY-----${text}-----END`);
        checksums[name]!(`eyJ.${text}.${text}`);
      }),
      { seed: 7 },
    );
  });
});
