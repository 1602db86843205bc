/** Documents that can refer to each other. */
export interface Module {
  /** The same for documents whose modules are mostly the same. */
  readonly key: string;
  /** Where its documents lie, '/'-separated and relative to the project; '' is the project's own folder. */
  readonly folders: readonly string[];
  /** Whether a path is one of its documents. */
  has(path: string): boolean;
}

/** The folder that holds a path; '' for the project's own. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

const terraform = /\.(tf|tofu|tfvars)(\.json)?$/i;
const configuration = /(^|\/)\.env(\.[^/]*)?$|\.(ya?ml|json|env)$/i;
/** Read alone by the program they are for, whatever lies beside them. */
const solitary = /(^|\/)(\.github\/|\.gitlab-ci\.|package\.json$|package-lock\.json$|pnpm-lock\.yaml$|tsconfig[^/]*\.json$|\.vscode\/)/i;

/**
 * The module that a document belongs to, by its path alone: a folder of Terraform; a folder of manifests, Compose files and `.env`; a Helm chart's templates with
 * its values. Undefined for what stands alone.
 */
export function moduleOf(path: string): Module | undefined {
  const folder = folderOf(path);
  if (terraform.test(path))
    return { key: `terraform ${folder}`, folders: [folder], has: (p) => folderOf(p) === folder && terraform.test(p) };
  if (!configuration.test(path) || solitary.test(path)) return undefined;
  const chart = chartOf(path);
  const isValues = (p: string): boolean => folderOf(p) === chart && /(^|\/)(values[^/]*|Chart)\.ya?ml$/.test(p);
  return {
    key: `configuration ${folder}`,
    folders: chart === undefined ? [folder] : [folder, chart],
    has: (p) => isValues(p) || (folderOf(p) === folder && configuration.test(p) && !solitary.test(p) && !terraform.test(p)),
  };
}

/** Whether a document is one of Terraform's, by its path. */
export function isTerraform(path: string): boolean {
  return terraform.test(path);
}

/** Whether a change of `changed` may change what is said about `path`. */
export function sharesModule(path: string, changed: string): boolean {
  return moduleOf(path)?.has(changed) ?? false;
}

/** The chart's folder of a file below its `templates`; undefined elsewhere. */
function chartOf(path: string): string | undefined {
  const found = /^(.*\/)?templates\//.exec(path);
  return found ? (found[1] ?? '').replace(/\/$/, '') : undefined;
}
