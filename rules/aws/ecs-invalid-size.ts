import { at, get, items, text, type Node } from '../../server/engine/tree.ts';
import type { Check } from '../../server/engine/types.ts';

/** Memory in MiB that Fargate offers for a number of CPU units: least, most and the step between. */
const sizes: ReadonlyMap<number, readonly [least: number, most: number, step: number]> = new Map([
  [512, [1024, 4096, 1024]],
  [1024, [2048, 8192, 1024]],
  [2048, [4096, 16_384, 1024]],
  [4096, [8192, 30_720, 1024]],
  [8192, [16_384, 61_440, 4096]],
  [16_384, [32_768, 122_880, 8192]],
]);
const smallest = [512, 1024, 2048];

/** A task for Fargate whose CPU and memory don't go together. */
const check: Check = ({ node }) => {
  const compatible = ['requires_compatibilities', 'RequiresCompatibilities'].flatMap((path) => at(node, path).found);
  if (!compatible.some((found) => items(found.node).some((one) => text(one) === 'FARGATE'))) return [];
  const cpu = get(node, 'cpu') ?? get(node, 'Cpu');
  const memory = get(node, 'memory') ?? get(node, 'Memory');
  const units = number(cpu);
  const size = number(memory);
  if (units === undefined || size === undefined || fits(units, size)) return [];
  return [{ span: memory!.span, values: { cpu: String(units), memory: String(size) } }];
};

function fits(units: number, size: number): boolean {
  if (units === 256) return smallest.includes(size);
  const range = sizes.get(units);
  if (!range) return false;
  const [least, most, step] = range;
  return size >= least && size <= most && size % step === 0;
}

/** Plain numbers only: `1 vCPU` and `2 GB` are left alone. */
function number(node: Node | undefined): number | undefined {
  const value = text(node);
  return value !== undefined && /^\d{1,7}$/.test(value) ? Number(value) : undefined;
}

export default check;
