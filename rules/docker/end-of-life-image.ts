import { get, text, type Node } from '../../server/engine/tree.ts';
import type { Check } from '../../server/engine/types.ts';

/** The table is complete up to this day; ends of support that lie after it are left out. */
export const AS_OF = '2026-10-01';

/** Releases by the beginning of their tag, with the day their updates ended. */
interface Product {
  readonly name: string;
  readonly ended: Readonly<Record<string, string>>;
  /** Every tag of the image. */
  readonly all?: string;
}

const debian: Product = {
  name: 'Debian',
  ended: {
    '7': '2018-05-31',
    wheezy: '2018-05-31',
    '8': '2020-06-30',
    jessie: '2020-06-30',
    '9': '2022-06-30',
    stretch: '2022-06-30',
    '10': '2024-06-30',
    buster: '2024-06-30',
    '11': '2026-08-31',
    bullseye: '2026-08-31',
  },
};
const dotnet: Product = {
  name: '.NET',
  ended: { '2': '2021-08-21', '3': '2022-12-13', '5': '2022-05-10', '6': '2024-11-12', '7': '2024-05-14' },
};
const years = (from: number, to: number, day: string): Record<string, string> =>
  Object.fromEntries(Array.from({ length: to - from + 1 }, (_, i) => [String(from + i), day]));

const products: Readonly<Record<string, Product>> = {
  debian,
  ubuntu: {
    name: 'Ubuntu',
    ended: {
      ...years(12, 13, '2017-04-28'),
      precise: '2017-04-28',
      '14.04': '2019-04-25',
      trusty: '2019-04-25',
      '14.10': '2015-07-23',
      '15': '2016-07-28',
      '16.04': '2021-04-30',
      xenial: '2021-04-30',
      '16.10': '2017-07-20',
      '17': '2018-07-19',
      '18.04': '2023-05-31',
      bionic: '2023-05-31',
      '18.10': '2019-07-18',
      '19': '2020-07-17',
      '20.04': '2025-05-31',
      focal: '2025-05-31',
      '20.10': '2021-07-22',
      '21': '2022-07-14',
      '22.10': '2023-07-20',
      '23': '2024-07-11',
      '24.10': '2025-07-10',
      oracular: '2025-07-10',
    },
  },
  alpine: {
    name: 'Alpine',
    ended: {
      '2': '2017-11-01',
      ...Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`3.${i}`, '2022-05-01'])),
      '3.12': '2022-05-01',
      '3.13': '2022-11-01',
      '3.14': '2023-05-01',
      '3.15': '2023-11-01',
      '3.16': '2024-05-23',
      '3.17': '2024-11-22',
      '3.18': '2025-05-09',
      '3.19': '2025-11-01',
      '3.20': '2026-04-01',
    },
  },
  centos: { name: 'CentOS; Rocky Linux and AlmaLinux follow it', ended: {}, all: '2024-06-30' },
  fedora: { name: 'Fedora', ended: { ...years(20, 39, '2024-11-26'), '40': '2025-05-13', '41': '2025-12-15' } },
  'opensuse/leap': {
    name: 'openSUSE Leap',
    ended: {
      '42': '2019-06-30',
      '15.0': '2019-12-03',
      '15.1': '2021-02-02',
      '15.2': '2022-01-04',
      '15.3': '2022-12-31',
      '15.4': '2023-12-07',
      '15.5': '2024-12-31',
    },
  },
  amazonlinux: { name: 'Amazon Linux', ended: { '1': '2023-12-31', '2016': '2023-12-31', '2017': '2023-12-31', '2018': '2023-12-31' } },
  oraclelinux: { name: 'Oracle Linux', ended: { '5': '2017-06-30', '6': '2021-03-31', '7': '2024-12-31' } },
  node: {
    name: 'Node.js',
    ended: {
      ...years(0, 9, '2019-12-31'),
      '10': '2021-04-30',
      '11': '2019-06-01',
      '12': '2022-04-30',
      '13': '2020-06-01',
      '14': '2023-04-30',
      '15': '2021-06-01',
      '16': '2023-09-11',
      '17': '2022-06-01',
      '18': '2025-04-30',
      '19': '2023-06-01',
      '20': '2026-04-30',
      '21': '2024-06-01',
      '23': '2025-06-01',
    },
  },
  python: {
    name: 'Python',
    ended: {
      '2': '2020-01-01',
      ...Object.fromEntries([0, 1, 2, 3, 4, 5].map((i) => [`3.${i}`, '2020-09-30'])),
      '3.6': '2021-12-23',
      '3.7': '2023-06-27',
      '3.8': '2024-10-07',
      '3.9': '2025-10-31',
    },
  },
  ruby: { name: 'Ruby', ended: { '1': '2017-03-31', '2': '2023-03-31', '3.0': '2024-04-23', '3.1': '2025-03-26', '3.2': '2026-03-31' } },
  php: {
    name: 'PHP',
    ended: { '5': '2018-12-31', '7': '2022-11-28', '8.0': '2023-11-26', '8.1': '2025-12-31' },
  },
  golang: { name: 'Go', ended: Object.fromEntries(Array.from({ length: 24 }, (_, i) => [`1.${i}`, '2025-08-12'])) },
  openjdk: { name: 'Java, such as `eclipse-temurin`', ended: {}, all: '2022-07-31' },
  postgres: {
    name: 'PostgreSQL',
    ended: { '8': '2014-07-24', '9': '2021-11-11', '10': '2022-11-10', '11': '2023-11-09', '12': '2024-11-21', '13': '2025-11-13' },
  },
  mysql: { name: 'MySQL', ended: { '5': '2023-10-21', '8.0': '2026-04-30' } },
  mongo: { name: 'MongoDB', ended: { '2': '2018-03-31', '3': '2021-04-30', '4': '2024-02-29', '5': '2024-10-31', '6': '2025-07-31' } },
  elasticsearch: { name: 'Elasticsearch', ended: { '1': '2017-01-16', '2': '2018-02-28', '5': '2019-03-11', '6': '2022-02-10' } },
  'mcr.microsoft.com/dotnet/sdk': dotnet,
  'mcr.microsoft.com/dotnet/aspnet': dotnet,
  'mcr.microsoft.com/dotnet/runtime': dotnet,
  'mcr.microsoft.com/dotnet/core/sdk': { ...dotnet, all: '2022-12-13' },
  'mcr.microsoft.com/dotnet/core/aspnet': { ...dotnet, all: '2022-12-13' },
  'mcr.microsoft.com/dotnet/core/runtime': { ...dotnet, all: '2022-12-13' },
};

/** `python:3.12-buster` and `node:22-alpine3.16` are built on another image of the table. */
const underlying: readonly { readonly pattern: RegExp; readonly product: Product }[] = [
  { pattern: /-(?:slim-)?(wheezy|jessie|stretch|buster|bullseye)(?=-|$)/, product: debian },
  { pattern: /-alpine-?(3\.\d+)(?=[.-]|$)/, product: products.alpine! },
  { pattern: /-(trusty|xenial|bionic|focal)(?=-|$)/, product: products.ubuntu! },
];

const check: Check = (fact) => {
  const docker = fact.platform === 'dockerfile';
  const node: Node | undefined = get(fact.node, docker ? 'reference' : 'image');
  const reference = docker ? text(node) : (text(node) ?? text(node, 'name'));
  if (!node || reference === undefined) return [];
  const parts = /^(?:(?:docker\.io\/|index\.docker\.io\/|public\.ecr\.aws\/docker\/)?(?:library\/)?)([^:@]+)(?::([\w.-]+))?(?:@|$)/.exec(
    reference,
  );
  const [, image = '', tag = ''] = parts ?? [];
  const found = ended(image, tag);
  return found ? [{ span: node.span, values: { value: reference, ...found } }] : [];
};

function ended(image: string, tag: string): { date: string; product: string } | undefined {
  const product = Object.hasOwn(products, image) ? products[image] : undefined;
  if (product?.all) return { date: product.all, product: product.name };
  if (!product) return undefined;
  const release = /^[\d.]+|^[a-z]+/.exec(tag)?.[0] ?? '';
  const pieces = release.split('.');
  for (let length = pieces.length; length > 0; length--) {
    const key = pieces.slice(0, length).join('.');
    if (Object.hasOwn(product.ended, key)) return { date: product.ended[key]!, product: product.name };
  }
  for (const { pattern, product: base } of underlying) {
    const name = pattern.exec(tag)?.[1];
    if (name !== undefined && Object.hasOwn(base.ended, name)) return { date: base.ended[name]!, product: base.name };
  }
  return undefined;
}

export default check;
