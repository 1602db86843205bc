import { flagCheck } from '../../server/engine/command-flags.ts';

/** Plug-ins that are on unless they are named here. */
export default flagCheck(
  ['kube-apiserver'],
  [
    {
      name: 'disable-admission-plugins',
      want: '…',
      good: (value) =>
        !value?.split(',').some((plugin) => ['ServiceAccount', 'NamespaceLifecycle', 'PodSecurity', 'NodeRestriction'].includes(plugin)),
    },
  ],
);
