import { entryOf, items, text, type MapNode, type Node } from '../engine/tree.ts';
import { plain, type CloudModule, type Target } from './ansible-mapping.ts';

const reachable: Target = { to: 'public_network_access_enabled', values: { enabled: true, disabled: false } };

const firewallRule = (type: string): CloudModule => ({
  type,
  keys: { name: 'name', start_ip_address: 'start_ip_address', end_ip_address: 'end_ip_address' },
});

const databaseServer = (type: string): CloudModule => ({
  type,
  keys: { name: 'name', enforce_ssl: 'ssl_enforcement_enabled', admin_username: 'administrator_login' },
  // Not asked for, TLS isn't enforced.
  absent: ['ssl_enforcement_enabled', 'ssl_enforcement'],
});

/** The addresses alone: `[{ value: 203.0.113.7, action: Allow }]`. */
const addresses = (value: Node): Node => ({
  kind: 'list',
  span: value.span,
  items: items(value).map((rule) => entryOf(rule, 'value')?.value ?? rule),
});

/** Rules with the module's own defaults; a list of port ranges or prefixes has a plural of its own. */
function securityRules(value: Node): Node {
  const rule = (map: MapNode): MapNode => {
    const span = map.entries[0]?.keySpan ?? map.span;
    const entries = map.entries.map((e) =>
      e.value.kind === 'list' && /_(?:range|prefix)$/.test(e.key) ? { ...e, key: `${e.key}${e.key.endsWith('x') ? 'es' : 's'}` } : e,
    );
    const defaults = { access: 'Allow', direction: 'Inbound' };
    const added = Object.entries(defaults).flatMap(([key, standard]) => (entryOf(map, key) ? [] : [plain(key, standard, span)]));
    return { ...map, entries: [...entries, ...added] };
  };
  return { kind: 'list', span: value.span, items: items(value).map((item) => (item.kind === 'map' ? rule(item) : item)) };
}

/** By the module's short name. */
export const azure: ReadonlyMap<string, CloudModule> = new Map<string, CloudModule>([
  [
    'azure_rm_storageaccount',
    {
      type: 'azurerm_storage_account',
      keys: {
        name: 'name',
        https_only: 'https_traffic_only_enabled',
        minimum_tls_version: 'min_tls_version',
        allow_blob_public_access: 'allow_nested_items_to_be_public',
        public_network_access: reachable,
        kind: 'account_kind',
        'network_acls.default_action': 'network_rules.default_action',
        'network_acls.bypass': 'network_rules.bypass',
        'network_acls.ip_rules': { to: 'network_rules.ip_rules', as: addresses },
      },
      absent: ['public_network_access_enabled', 'network_rules', 'nfsv3_enabled'],
    },
  ],
  [
    'azure_rm_storageblob',
    {
      type: 'azurerm_storage_container',
      keys: { container: 'name', storage_account_name: 'storage_account_name', public_access: 'container_access_type' },
    },
  ],
  [
    'azure_rm_monitorlogprofile',
    {
      type: 'azurerm_monitor_log_profile',
      keys: { name: 'name', categories: 'categories', locations: 'locations', retention_policy: 'retention_policy' },
      absent: ['categories', 'locations', 'retention_policy'],
    },
  ],
  [
    'azure_rm_securitygroup',
    { type: 'azurerm_network_security_group', keys: { name: 'name', rules: { to: 'security_rule', as: securityRules } } },
  ],
  [
    'azure_rm_keyvault',
    {
      type: 'azurerm_key_vault',
      keys: {
        vault_name: 'name',
        enable_purge_protection: 'purge_protection_enabled',
        enable_soft_delete: 'soft_delete_enabled',
        soft_delete_retention_in_days: 'soft_delete_retention_days',
      },
      absent: ['purge_protection_enabled'],
    },
  ],
  [
    'azure_rm_sqlserver',
    {
      type: 'azurerm_mssql_server',
      keys: {
        name: 'name',
        admin_username: 'administrator_login',
        public_network_access: reachable,
        minimal_tls_version: 'minimum_tls_version',
      },
    },
  ],
  ['azure_rm_postgresqlserver', databaseServer('azurerm_postgresql_server')],
  ['azure_rm_mysqlserver', databaseServer('azurerm_mysql_server')],
  ['azure_rm_mariadbserver', databaseServer('azurerm_mariadb_server')],
  ['azure_rm_postgresqlfirewallrule', firewallRule('azurerm_postgresql_firewall_rule')],
  ['azure_rm_mysqlfirewallrule', firewallRule('azurerm_mysql_firewall_rule')],
  ['azure_rm_mariadbfirewallrule', firewallRule('azurerm_mariadb_firewall_rule')],
  ['azure_rm_sqlfirewallrule', firewallRule('azurerm_mssql_firewall_rule')],
  [
    'azure_rm_rediscachefirewallrule',
    { type: 'azurerm_redis_firewall_rule', keys: { name: 'name', start_ip_address: 'start_ip', end_ip_address: 'end_ip' } },
  ],
  ['azure_rm_postgresqlconfiguration', { type: 'azurerm_postgresql_configuration', keys: { name: 'name', value: 'value' } }],
  ['azure_rm_mysqlconfiguration', { type: 'azurerm_mysql_configuration', keys: { name: 'name', value: 'value' } }],
  [
    'azure_rm_rediscache',
    {
      type: 'azurerm_redis_cache',
      keys: {
        name: 'name',
        enable_non_ssl_port: 'non_ssl_port_enabled',
        minimum_tls_version: 'minimum_tls_version',
        public_network_access: reachable,
      },
    },
  ],
  [
    'azure_rm_cosmosdbaccount',
    {
      type: 'azurerm_cosmosdb_account',
      keys: {
        name: 'name',
        ip_range_filter: 'ip_range_filter',
        is_virtual_network_filter_enabled: 'is_virtual_network_filter_enabled',
        public_network_access: reachable,
        tags: 'tags',
      },
      absent: ['public_network_access_enabled', 'ip_range_filter', 'is_virtual_network_filter_enabled', 'tags'],
    },
  ],
  [
    'azure_rm_webapp',
    {
      type: 'azurerm_linux_web_app',
      keys: {
        name: 'name',
        https_only: 'https_only',
        http20_enabled: 'site_config.http2_enabled',
        min_tls_version: 'site_config.minimum_tls_version',
        ftps_state: 'site_config.ftps_state',
      },
      absent: ['https_only'],
    },
  ],
  [
    'azure_rm_containerregistry',
    { type: 'azurerm_container_registry', keys: { name: 'name', admin_user_enabled: 'admin_enabled', sku: 'sku' } },
  ],
  [
    'azure_rm_aks',
    {
      type: 'azurerm_kubernetes_cluster',
      keys: {
        name: 'name',
        enable_rbac: 'role_based_access_control_enabled',
        'api_server_access_profile.authorized_ip_ranges': 'api_server_access_profile.authorized_ip_ranges',
        'api_server_access_profile.enable_private_cluster': 'private_cluster_enabled',
        network_profile: 'network_profile',
        'addon.monitoring': 'oms_agent',
      },
      defaults: { role_based_access_control_enabled: false },
      absent: [
        'network_profile',
        'private_cluster_enabled',
        'api_server_access_profile',
        'api_server_authorized_ip_ranges',
        'oms_agent',
        'addon_profile',
        'monitor_metrics',
        'microsoft_defender',
      ],
    },
  ],
  [
    'azure_rm_roledefinition',
    { type: 'azurerm_role_definition', keys: { name: 'name', permissions: 'permissions', assignable_scopes: 'assignable_scopes' } },
  ],
  [
    'azure_rm_virtualmachine',
    {
      type: (args) =>
        /^windows$/i.test(text(entryOf(args, 'os_type')?.value) ?? '')
          ? 'azurerm_windows_virtual_machine'
          : 'azurerm_linux_virtual_machine',
      keys: { name: 'name', ssh_password_enabled: { to: 'disable_password_authentication', values: { true: false, false: true } } },
    },
  ],
]);
