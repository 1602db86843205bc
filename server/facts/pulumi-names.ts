import type { ScalarValue } from '../engine/tree.ts';
import { snakeCase } from './words.ts';

/** Providers of Pulumi that are made from Terraform's, by their package. */
const providers: ReadonlyMap<string, string> = new Map(
  Object.entries({
    aws: 'aws',
    azure: 'azurerm',
    azuread: 'azuread',
    gcp: 'google',
    alicloud: 'alicloud',
    digitalocean: 'digitalocean',
    github: 'github',
    gitlab: 'gitlab',
    linode: 'linode',
    oci: 'oci',
    openstack: 'openstack',
    yandex: 'yandex',
  }),
);

/** Modules whose name isn't part of the resource's: what stands for it. */
const modules: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  aws: {
    alb: 'lb',
    apigateway: 'api_gateway',
    cfg: 'config',
    cloudtrail: '',
    ec2: '',
    ec2clientvpn: 'ec2_client_vpn',
    ec2transitgateway: 'ec2_transit_gateway',
    elasticbeanstalk: 'elastic_beanstalk',
    networkfirewall: 'networkfirewall',
    servicediscovery: 'service_discovery',
    sfn: 'sfn',
  },
  azurerm: {
    appservice: '',
    authorization: '',
    compute: '',
    containerservice: '',
    core: '',
    datafactory: 'data_factory',
    eventhub: '',
    frontdoor: 'frontdoor',
    keyvault: 'key_vault',
    monitoring: 'monitor',
    network: '',
    operationalinsights: 'log_analytics',
    privatedns: 'private_dns',
    securitycenter: 'security_center',
  },
  google: {
    cloudrun: 'cloud_run',
    cloudrunv2: 'cloud_run_v2',
    cloudbuild: 'cloudbuild',
    folder: 'folder',
    organizations: 'organization',
    projects: 'project',
    secretmanager: 'secret_manager',
    serviceaccount: 'service_account',
  },
  digitalocean: { index: '' },
  github: { index: '' },
  gitlab: { index: '' },
};

/** Where neither module nor type tell the name. */
const exceptions: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'aws.alb.LoadBalancer': 'aws_lb',
    'aws.autoscaling.Group': 'aws_autoscaling_group',
    'aws.cloudtrail.Trail': 'aws_cloudtrail',
    'aws.ec2.Ami': 'aws_ami',
    'aws.elb.LoadBalancer': 'aws_elb',
    'aws.iam.OpenIdConnectProvider': 'aws_iam_openid_connect_provider',
    'aws.lb.LoadBalancer': 'aws_lb',
    'aws.rds.Instance': 'aws_db_instance',
    'aws.rds.OptionGroup': 'aws_db_option_group',
    'aws.rds.ParameterGroup': 'aws_db_parameter_group',
    'aws.rds.Proxy': 'aws_db_proxy',
    'aws.rds.Snapshot': 'aws_db_snapshot',
    'aws.rds.SubnetGroup': 'aws_db_subnet_group',
    'azurerm.containerservice.Registry': 'azurerm_container_registry',
    'azurerm.core.ResourceGroup': 'azurerm_resource_group',
    'azurerm.keyvault.KeyVault': 'azurerm_key_vault',
    'azurerm.monitoring.ActionGroup': 'azurerm_monitor_action_group',
    'azurerm.network.NetworkSecurityGroup': 'azurerm_network_security_group',
    'google.cloudfunctions.Function': 'google_cloudfunctions_function',
    'google.organizations.Project': 'google_project',
    'google.serviceaccount.Account': 'google_service_account',
  }),
);

/** Terraform's type of a resource class: `pulumi_aws.s3.BucketV2` is `aws_s3_bucket`. */
export function pulumiType(name: string): string | undefined {
  const found = /^pulumi_([a-z]+)\.(?:([a-z]\w*)\.)?(?:\w+\.)?([A-Z]\w*)$/.exec(name);
  return found ? typeOf(found[1]!, found[2] ?? 'index', found[3]!) : undefined;
}

/** The same of a token in YAML: `aws:s3:BucketV2`, `aws:s3/bucketV2:BucketV2`. */
export function pulumiTokenType(token: string): string | undefined {
  const found = /^([a-z]+):(?:([a-z]\w*)(?:\/\w+)?:)?([A-Z]\w*)$/.exec(token);
  return found ? typeOf(found[1]!, found[2] ?? 'index', found[3]!) : undefined;
}

function typeOf(packageName: string, module: string, type: string): string | undefined {
  const provider = providers.get(packageName);
  if (provider === undefined) return undefined;
  if (type === 'Provider') return `provider.${provider}`;
  const plain = type.replace(/V2$/, '');
  const exception = exceptions.get(`${provider}.${module}.${plain}`);
  if (exception !== undefined) return exception;
  const prefix = modules[provider]?.[module] ?? (module === 'index' ? '' : module);
  return [provider, prefix, snakeCase(plain)].filter(Boolean).join('_');
}

/** `pulumi_kubernetes.apps.v1.Deployment`: what the class makes. */
export function pulumiKubernetes(name: string): { readonly kind: string; readonly apiVersion: string } | undefined {
  const found = /^pulumi_kubernetes\.(\w+)\.(v\d\w*)\.([A-Z]\w*)$/.exec(name);
  if (!found || /(?:List|Patch)$/.test(found[3]!)) return undefined;
  const [, group, version, kind] = found as unknown as [string, string, string, string];
  return { kind, apiVersion: kubernetesVersion(group, version) };
}

/** The same of a token: `kubernetes:apps/v1:Deployment`. */
export function pulumiTokenKubernetes(token: string): { readonly kind: string; readonly apiVersion: string } | undefined {
  const found = /^kubernetes:([\w.]+)\/(v\d\w*):([A-Z]\w*)$/.exec(token);
  return found ? { kind: found[3]!, apiVersion: kubernetesVersion(found[1]!, found[2]!) } : undefined;
}

function kubernetesVersion(group: string, version: string): string {
  if (group === 'core') return version;
  const full = { networking: 'networking.k8s.io', rbac: 'rbac.authorization.k8s.io', storage: 'storage.k8s.io' }[group];
  return `${full ?? group}/${version}`;
}

/** Constants of Pulumi's libraries that are words of the provider: `aws.s3.CannedAcl.PublicRead` is `public-read`. */
export function pulumiConstant(canonical: string): ScalarValue | undefined {
  const found = /^pulumi_aws\.s3\.CannedAcl\.(\w+)$/.exec(canonical)?.[1];
  return found && snakeCase(found).replaceAll('_', '-');
}
