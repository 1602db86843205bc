import { entryOf, text } from '../../server/engine/tree.ts';
import { certificateOf } from '../../server/engine/x509.ts';
import type { Check } from '../../server/engine/types.ts';

/** A rule doesn't look at the clock: what had expired by then has expired for good. */
const then = '20260101';

/** Certificates in the text that were over before this rule was written. */
const check: Check = ({ node }) =>
  ['certificate_body', 'CertificateBody', 'aws_acm', 'acm_certificate'].flatMap((key) => {
    const found = entryOf(node, key);
    const entry = found?.value.kind === 'map' ? entryOf(found.value, 'certificate') : found;
    const expires = entry && certificateOf(text(entry.value) ?? '')?.expires;
    if (!entry || expires === undefined || expires >= then) return [];
    return [{ span: entry.keySpan, values: { value: `${expires.slice(0, 4)}-${expires.slice(4, 6)}-${expires.slice(6)}` } }];
  });

export default check;
