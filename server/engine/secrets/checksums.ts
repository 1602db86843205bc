import { decodeBase64, decodeJson, latin1 } from './base64.ts';

/** Looks at a value's inside and says in words what proves it real, or returns undefined when it can't be what it looks like. */
export type Checksum = (value: string) => string | undefined;

/** What a secret page may name under `checksum`. */
export const checksums: Readonly<Record<string, Checksum>> = {
  'github-token': (value) => {
    if (value.startsWith('github_pat_'))
      return /^github_pat_[0-9A-Za-z]{22}_[0-9A-Za-z]{59}$/.test(value) ? 'its parts have the right lengths' : undefined;
    return /^gh[pousr]_[0-9A-Za-z]{36}$/.test(value) && endsInCrc(value) ? 'its checksum is right' : undefined;
  },
  'npm-token': (value) => (/^npm_[0-9A-Za-z]{36}$/.test(value) && endsInCrc(value) ? 'its checksum is right' : undefined),
  'aws-key-id': awsKeyId,
  jwt,
  pem,
  'base64-json': (value) => (decodeJson(value) ? 'it decodes to JSON' : undefined),
  'azure-storage-key': (value) => (decodeBase64(value)?.length === 64 ? 'it decodes to a key of 64 bytes' : undefined),
  'basic-auth': (value) => {
    const bytes = decodeBase64(value);
    const pair = bytes && latin1(bytes);
    return pair && /^[\x20-\x39\x3b-\x7e]{1,200}:[\x20-\x7e\x80-\xff]{3,200}$/.test(pair)
      ? 'it decodes to a user and a password'
      : undefined;
  },
  /** UUID version 4: the version and variant digits are fixed. */
  uuid: (value) =>
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i.test(value) ? 'it is a random UUID' : undefined,
};

const crcTable = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  return c;
});

/** CRC-32 (IEEE) of ASCII text. */
export function crc32(text: string): number {
  let crc = 0xffffffff;
  for (let i = 0; i < text.length; i++) crc = (crc >>> 8) ^ crcTable[(crc ^ text.charCodeAt(i)) & 0xff]!;
  return (crc ^ 0xffffffff) >>> 0;
}

const base62Digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Six digits, most significant first, with leading zeros: how GitHub and npm write the CRC-32 at the end of a token. */
export function base62(value: number): string {
  let digits = '';
  for (let rest = value; rest > 0; rest = Math.floor(rest / 62)) digits = base62Digits[rest % 62]! + digits;
  return digits.padStart(6, '0');
}

/** The last six characters are the CRC-32 of the random part before them, which follows the first underscore. */
function endsInCrc(token: string): boolean {
  const random = token.slice(token.indexOf('_') + 1, -6);
  return base62(crc32(random)) === token.slice(-6);
}

/** The account number stands in the first bytes of the base32 part; ids from before 2018 start in I or J and have none. */
function awsKeyId(value: string): string | undefined {
  const body = /^A(?:KIA|SIA|BIA|CCA)([A-Z2-7]{16})$/.exec(value)?.[1];
  if (!body) return undefined;
  if (body.startsWith('I') || body.startsWith('J')) return 'it has the form of an old AWS key id';
  let bits = 0;
  for (const c of body.slice(0, 10)) bits = bits * 32 + (c <= '7' ? c.charCodeAt(0) - 24 : c.charCodeAt(0) - 65);
  // Ten characters are 50 bits: bits 1 to 40 after the highest are the account.
  const account = Math.floor(bits / 512) % 2 ** 40;
  return account > 0 && account < 1e12 ? 'an AWS account number can be read from it' : undefined;
}

/** Signed, and not a key that is meant to be public or an example of the documentation. */
function jwt(value: string): string | undefined {
  const [head = '', body = '', signature = '', ...more] = value.split('.');
  if (more.length > 0 || signature.length < 16 || !decodeBase64(signature)) return undefined;
  const header = decodeJson(head);
  const claims = decodeJson(body);
  if (typeof header?.alg !== 'string' || header.alg === 'none' || !claims) return undefined;
  // Supabase ships a key of this role to every browser; jwt.io's John Doe is in every tutorial.
  if (claims.role === 'anon' || (claims.sub === '1234567890' && claims.name === 'John Doe')) return undefined;
  return 'its header and claims decode';
}

/** Kinds by what stands between BEGIN and PRIVATE KEY, with the first bytes that the DER must have after the outer length. */
const derStart: Readonly<Record<string, readonly number[]>> = {
  '': [0x02, 0x01],
  RSA: [0x02, 0x01, 0x00],
  DSA: [0x02, 0x01, 0x00],
  EC: [0x02, 0x01, 0x01],
  ENCRYPTED: [0x30],
};

/** A whole `-----BEGIN … PRIVATE KEY-----` block, possibly with escaped line ends, indentation, quotes and `+` between the lines. */
function pem(value: string): string | undefined {
  const block = /-----BEGIN ([A-Z0-9 ]*?) ?PRIVATE KEY(?: BLOCK)?-----([^]*?)-----END/.exec(value);
  if (!block) return undefined;
  const kind = block[1]!;
  const encrypted = block[2]!.includes('Proc-Type: 4,ENCRYPTED');
  const body = block[2]!
    .replace(/(?:Proc-Type|DEK-Info|Version|Comment|Hash|Charset):[^\n\\]*/g, '')
    .replace(/\\[nrt]/g, '')
    // Lines that are strings of their own: 'MII…' + 'xyz…', or a list of them.
    .replace(/["'`]\s{0,80}[+,]?\s{0,80}["'`]/g, '')
    .replace(/[\s"'`\\]/g, '');
  const bytes = decodeBase64(kind === 'PGP' ? body.replace(/=[A-Za-z0-9+/]{4}$/, '') : body);
  if (!bytes || bytes.length < 48) return undefined;
  if (new Set(bytes).size < 20) return undefined;
  if (kind === 'OPENSSH') return latin1(bytes.subarray(0, 14)) === 'openssh-key-v1' ? 'the block decodes to an OpenSSH key' : undefined;
  if (kind === 'PGP') return bytes[0]! >= 0x80 ? 'the block decodes to an OpenPGP packet' : undefined;
  if (encrypted) return bytes.length % 8 === 0 ? 'the block decodes to an encrypted key' : undefined;
  const start = derStart[kind];
  if (!start) return undefined;
  return derFits(bytes, start)
    ? `the block decodes to ${kind === '' ? 'a PKCS #8' : /^[AE]/.test(kind) ? `an ${kind}` : `a ${kind}`} key`
    : undefined;
}

/** An outer SEQUENCE whose length is about that of the data (hand-edited samples lose a line), then `start`. */
function derFits(bytes: Uint8Array, start: readonly number[]): boolean {
  if (bytes[0] !== 0x30) return false;
  const first = bytes[1]!;
  const extra = first >= 0x80 ? first & 0x7f : 0;
  if (extra > 3) return false;
  let length = extra === 0 ? first : 0;
  for (let i = 0; i < extra; i++) length = length * 256 + bytes[2 + i]!;
  if (bytes.length < length / 2 || bytes.length > length * 2 + 16) return false;
  return start.every((byte, i) => bytes[2 + extra + i] === byte);
}
