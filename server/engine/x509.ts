/** What a certificate says of itself, as far as it is asked for here. */
export interface Certificate {
  /** The first day after its validity, as `YYYYMMDD`. */
  readonly expires: string;
  /** The length of an RSA key; none for keys of another kind. */
  readonly rsaBits?: number;
}

/** One value of a DER encoding: its tag, and where its content stands. */
interface Value {
  readonly tag: number;
  readonly start: number;
  readonly end: number;
}

const rsaEncryption = '\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01';
/** Longer ones aren't certificates that somebody writes down. */
const longest = 20_000;

/** Reads the first certificate of a PEM text (RFC 5280); undefined when there is none, or none that can be read. */
export function certificateOf(pem: string): Certificate | undefined {
  const begin = pem.indexOf('-----BEGIN CERTIFICATE-----');
  const end = begin < 0 ? -1 : pem.indexOf('-----END CERTIFICATE-----', begin);
  if (end < 0 || end - begin > longest) return undefined;
  const der = decoded(pem.slice(begin + 27, end));
  const whole = der === undefined ? undefined : valueAt(der, 0, der.length);
  if (der === undefined || !whole) return undefined;
  const signed = inside(der, whole)[0];
  const fields = signed ? inside(der, signed) : [];
  // The version is missing in those of version 1.
  const [, , , validity, , key] = fields[0]?.tag === 0xa0 ? fields.slice(1) : fields;
  if (!validity || !key) return undefined;
  const last = inside(der, validity)[1];
  const expires = last && date(der.slice(last.start, last.end), last.tag);
  if (expires === undefined) return undefined;
  const rsaBits = rsaLength(der, key);
  return { expires, ...(rsaBits !== undefined && { rsaBits }) };
}

function decoded(base64: string): string | undefined {
  try {
    return atob(base64.replace(/\s+/g, ''));
  } catch {
    return undefined;
  }
}

/** UTCTime has two digits for the year, GeneralizedTime four. */
function date(time: string, tag: number): string | undefined {
  const full = tag === 0x17 ? (Number(time.slice(0, 2)) < 50 ? '20' : '19') + time : time;
  return /^\d{14}Z$/.test(full) ? full.slice(0, 8) : undefined;
}

function rsaLength(der: string, key: Value): number | undefined {
  const [algorithm, bits] = inside(der, key);
  const name = algorithm && inside(der, algorithm)[0];
  if (!bits || !name || der.slice(name.start, name.end) !== rsaEncryption) return undefined;
  // The first octet counts unused bits.
  const pair = valueAt(der, bits.start + 1, bits.end);
  const modulus = pair && inside(der, pair)[0];
  if (!modulus) return undefined;
  const padded = der.charCodeAt(modulus.start) === 0 ? 1 : 0;
  return (modulus.end - modulus.start - padded) * 8;
}

function inside(der: string, { start, end }: Value): readonly Value[] {
  const values: Value[] = [];
  for (let at = start; at < end;) {
    const value = valueAt(der, at, end);
    if (!value) break;
    values.push(value);
    at = value.end;
  }
  return values;
}

function valueAt(der: string, at: number, end: number): Value | undefined {
  let start = at + 2;
  let length = der.charCodeAt(at + 1);
  if (length > 0x80) {
    const octets = length - 0x80;
    if (octets > 3) return undefined;
    length = 0;
    for (let i = 0; i < octets; i++) length = length * 256 + der.charCodeAt(start + i);
    start += octets;
  }
  return start + length <= end ? { tag: der.charCodeAt(at), start, end: start + length } : undefined;
}
