import type { CloudModule } from './ansible-mapping.ts';

/** Modules of google.cloud and the resources of Terraform are made from one description: most names are the same. These aren't. */
const types: ReadonlyMap<string, string> = new Map([
  ['gcp_cloudfunctions_cloud_function', 'google_cloudfunctions_function'],
  ['gcp_iam_role', 'google_project_iam_custom_role'],
  ['gcp_iam_service_account', 'google_service_account'],
  ['gcp_iam_service_account_key', 'google_service_account_key'],
  ['gcp_resourcemanager_project', 'google_project'],
  ['gcp_sql_instance', 'google_sql_database_instance'],
]);

/** The resource type of a module of google.cloud; undefined for other modules and for those that only ask. */
export function gcpType(short: string): string | undefined {
  if (!/^gcp_\w+$/.test(short) || short.endsWith('_info')) return undefined;
  return types.get(short) ?? short.replace('gcp_', 'google_');
}

const module = (short: string, rest: Omit<CloudModule, 'type' | 'rest'>): readonly [string, CloudModule] => [
  short,
  { ...rest, type: gcpType(short)!, rest: true },
];

const rules = { ip_protocol: 'protocol', ports: 'ports' };

/** What differs, by the module's short name. */
export const gcp: ReadonlyMap<string, CloudModule> = new Map([
  module('gcp_compute_firewall', {
    keys: { allowed: { to: 'allow', keys: rules }, denied: { to: 'deny', keys: rules } },
    absent: ['disabled', 'direction', 'deny'],
  }),
  module('gcp_compute_instance', {
    keys: {
      network_interfaces: {
        to: 'network_interface',
        keys: { access_configs: 'access_config', network: 'network', subnetwork: 'subnetwork' },
      },
      service_accounts: 'service_account',
      disks: { to: 'attached_disk', keys: {} },
    },
  }),
  module('gcp_compute_subnetwork', { keys: {}, absent: ['private_ip_google_access'] }),
  module('gcp_container_cluster', {
    keys: { 'legacy_abac.enabled': 'enable_legacy_abac' },
    absent: [
      'network_policy',
      'private_cluster_config',
      'master_authorized_networks_config',
      'enable_autopilot',
      'datapath_provider',
      'control_plane_endpoints_config',
    ],
  }),
  module('gcp_container_node_pool', { keys: { config: 'node_config' } }),
  module('gcp_dns_managed_zone', { keys: {}, absent: ['dnssec_config', 'visibility', 'forwarding_config', 'peering_config'] }),
  module('gcp_kms_crypto_key', { keys: {}, absent: ['rotation_period', 'purpose', 'import_only'] }),
  module('gcp_sql_instance', { keys: {}, absent: ['master_instance_name'] }),
  module('gcp_storage_bucket', { keys: {}, absent: ['versioning', 'logging', 'retention_policy', 'soft_delete_policy'] }),
]);
