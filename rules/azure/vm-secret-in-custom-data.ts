import { decodeBase64, latin1 } from '../../server/engine/secrets/base64.ts';
import { at, text } from '../../server/engine/tree.ts';
import type { Check } from '../../server/engine/types.ts';

const secret =
  /(?:^|[\s;])(?:export\s+)?(?:[A-Z0-9_]{0,60}_)?(?:PASSWORD|PASSWD|SECRET|SECRET_KEY|ACCESS_KEY|API_KEY|TOKEN)=\\?['"]?(?!changeme|example|xxx|<)[^\s'"$`{<][^\s'"$`]{7}/;

/** Start scripts, in base64 or not, that set a password to a literal. */
const check: Check = ({ node }) =>
  ['custom_data', 'user_data', 'os_profile.custom_data'].flatMap((path) =>
    at(node, path).found.flatMap(({ node: value, entry }) => {
      const said = text(value) ?? (value.kind === 'unknown' ? value.parts?.map((part) => part ?? '${}').join('') : undefined);
      if (said === undefined) return [];
      const bytes = decodeBase64(said.trim());
      if (!secret.test(bytes ? latin1(bytes) : said)) return [];
      return [{ span: entry?.keySpan ?? value.span }];
    }),
  );

export default check;
