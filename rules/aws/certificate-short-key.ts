import { entryOf, text } from '../../server/engine/tree.ts';
import { certificateOf } from '../../server/engine/x509.ts';
import type { Check } from '../../server/engine/types.ts';

/** Certificates in the text whose RSA key is shorter than 2048 bits. */
const check: Check = ({ node }) =>
  ['certificate_body', 'CertificateBody', 'aws_acm', 'acm_certificate'].flatMap((key) => {
    const found = entryOf(node, key);
    const entry = found?.value.kind === 'map' ? entryOf(found.value, 'certificate') : found;
    const bits = entry && certificateOf(text(entry.value) ?? '')?.rsaBits;
    return entry && bits !== undefined && bits < 2048 ? [{ span: entry.keySpan, values: { value: String(bits) } }] : [];
  });

export default check;
