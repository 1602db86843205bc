import { get, text, type Node } from '../engine/tree.ts';
import type { CloudModule, Target } from './ansible-mapping.ts';

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

/** Arguments that aren't named keep their names. */
const module = (short: string, rest: Omit<CloudModule, 'type' | 'rest'>): readonly [string, CloudModule] => [
  short,
  { ...rest, type: gcpType(short)!, rest: true },
];

const rules = { ip_protocol: 'protocol', ports: 'ports' };

const interfaces: Target = {
  to: 'network_interface',
  keys: { access_configs: 'access_config', network: 'network', subnetwork: 'subnetwork' },
};

/** Networks may be listed and the list not be in force. */
const inForce = (value: Node): Node =>
  value.kind === 'map' && text(get(value, 'enabled'))?.toLowerCase() === 'false'
    ? { kind: 'scalar', value: null, span: value.span }
    : value;

/** What differs, by the module's short name. */
export const gcp: ReadonlyMap<string, CloudModule> = new Map([
  module('gcp_bigquery_dataset', { keys: {}, absent: ['default_encryption_configuration'] }),
  module('gcp_bigquery_table', { keys: {}, absent: ['encryption_configuration', 'view', 'external_data_configuration'] }),
  module('gcp_compute_disk', {
    keys: {
      'disk_encryption_key.kms_key_name': 'disk_encryption_key.kms_key_self_link',
      'disk_encryption_key.raw_key': 'disk_encryption_key.raw_key',
    },
    absent: ['disk_encryption_key'],
  }),
  module('gcp_compute_firewall', {
    keys: { allowed: { to: 'allow', keys: rules }, denied: { to: 'deny', keys: rules } },
    absent: ['disabled', 'direction', 'deny', 'source_tags', 'source_service_accounts'],
  }),
  module('gcp_compute_instance', {
    keys: {
      network_interfaces: interfaces,
      service_accounts: 'service_account',
      disks: { to: 'attached_disk', keys: { disk_encryption_key: 'disk_encryption_key' } },
    },
    absent: ['metadata', 'shielded_instance_config', 'can_ip_forward'],
  }),
  module('gcp_compute_instance_template', {
    keys: {
      'properties.can_ip_forward': 'can_ip_forward',
      'properties.metadata': 'metadata',
      'properties.network_interfaces': interfaces,
      'properties.service_accounts': 'service_account',
    },
    absent: ['metadata', 'can_ip_forward'],
  }),
  module('gcp_compute_ssl_policy', { keys: {}, absent: ['min_tls_version', 'profile'] }),
  module('gcp_compute_subnetwork', {
    keys: {},
    absent: ['private_ip_google_access', 'private_ipv6_google_access', 'purpose', 'stack_type', 'ipv6_access_type'],
  }),
  module('gcp_container_cluster', {
    keys: {
      'legacy_abac.enabled': 'enable_legacy_abac',
      'shielded_nodes.enabled': 'enable_shielded_nodes',
      'network_config.enable_intra_node_visibility': 'enable_intranode_visibility',
      'ip_allocation_policy.use_ip_aliases': { to: 'networking_mode', values: { true: 'VPC_NATIVE', false: 'ROUTES' } },
      master_authorized_networks_config: { to: 'master_authorized_networks_config', as: inForce },
      // The module knows one service under the name that elsewhere means its retired predecessor.
      logging_service: { to: 'logging_service', values: { none: 'none', 'logging.googleapis.com': 'logging.googleapis.com/kubernetes' } },
      monitoring_service: {
        to: 'monitoring_service',
        values: { none: 'none', 'monitoring.googleapis.com': 'monitoring.googleapis.com/kubernetes' },
      },
    },
    absent: [
      'network_policy',
      'private_cluster_config',
      'master_authorized_networks_config',
      'enable_autopilot',
      'datapath_provider',
      'control_plane_endpoints_config',
      'remove_default_node_pool',
      'enable_intranode_visibility',
      'binary_authorization',
      'enable_binary_authorization',
      'resource_labels',
      'node_config',
    ],
  }),
  module('gcp_container_node_pool', {
    keys: { config: 'node_config' },
    absent: ['node_config'],
    // The console, gcloud and Terraform switch both on; the interface that the module calls doesn't.
    defaults: { 'management.auto_upgrade': false, 'management.auto_repair': false },
  }),
  module('gcp_dns_managed_zone', { keys: {}, absent: ['dnssec_config', 'visibility', 'forwarding_config', 'peering_config'] }),
  module('gcp_kms_crypto_key', { keys: {}, absent: ['rotation_period', 'purpose', 'import_only'] }),
  module('gcp_pubsub_topic', { keys: {}, absent: ['kms_key_name'] }),
  module('gcp_redis_instance', { keys: {}, absent: ['auth_enabled', 'transit_encryption_mode'] }),
  module('gcp_sql_instance', {
    keys: { 'disk_encryption_configuration.kms_key_name': 'encryption_key_name' },
    absent: ['master_instance_name', 'encryption_key_name', 'settings', 'clone'],
  }),
  module('gcp_storage_bucket', {
    keys: {
      'iam_configuration.uniform_bucket_level_access.enabled': 'uniform_bucket_level_access',
      'iam_configuration.public_access_prevention': 'public_access_prevention',
    },
    absent: ['versioning', 'logging', 'retention_policy', 'soft_delete_policy', 'uniform_bucket_level_access', 'public_access_prevention'],
  }),
]);
