/** `BucketIAMBinding`, `forceDestroy` → `bucket_iam_binding`, `force_destroy`; what holds no capital behind a small letter stays as it is. */
export function snakeCase(name: string): string {
  if (!/^[A-Za-z][A-Za-z\d]*$/.test(name) || /^[A-Z\d]+$/.test(name)) return name;
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .toLowerCase();
}

/** `accessControl` → `AccessControl`. */
export function pascalCase(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** `force_destroy`, `ForceDestroy`, `SSEAlgorithm`, `KMSKeyID` → `forceDestroy`, `forceDestroy`, `sseAlgorithm`, `kmsKeyId`. */
export function camelCase(name: string): string {
  const joined = name.replace(/_([a-z\d])/g, (_, letter: string) => letter.toUpperCase());
  return joined.replace(/^[A-Z]+(?=[A-Z][a-z])|^[A-Z]+$|^[A-Z]/, (start) => start.toLowerCase()).replace(/ID$/, 'Id');
}
