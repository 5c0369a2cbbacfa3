import type { Diagnostic, DiagnosticCode } from '../diagnostic.ts'
import type { Path } from '../document.ts'

/**
 * The rules of cfn-lint that judge what checks of ours judge, and the codes of those: what they say of one place is one
 * mistake. https://github.com/aws-cloudformation/cfn-lint/blob/main/docs/rules.md
 */
const rulesAndCodes: readonly (readonly [rules: string, codes: readonly DiagnosticCode[]])[] = [
  // the shape of the template, and of what its sections hold
  ['E1001 E1004 E2001 E2002 E2015 I2003 E3001 E3005 E3012 E3016 E3035 E3036 E3055 E4001 E4002', ['invalid-value']],
  ['E6001 E6002 E6003 E6101 E6102 E7001 E8001', ['invalid-value']],
  ['E2003 E3001 E3007 E3011 E6004 E7002', ['bad-logical-id']],
  ['E3001 E3006', ['unknown-resource-type']],
  // functions, references and conditions
  ['E1010 E1011 E1015 E1016 E1017 E1018 E1019 E1020 E1021 E1022 E1024 E1028 E1030 E1031', ['invalid-function']],
  ['E3024 E6101 E8003 E8004 E8005 E8006 E8007', ['invalid-function']],
  ['E1010 E1011 E1019 E1020 E1028 E3005 E3015 E6005 E6101', ['undefined-reference', 'unlisted-reference']],
  ['E8001 E8002 E8003 E8004 E8005 E8006 E8007', ['undefined-reference', 'unlisted-reference']],
  ['E1010 E1019 E6101', ['unknown-attribute']],
  ['E1019', ['literal-placeholder']],
  ['W1001 E3005', ['conditional-reference']],
  ['E3004 E3005', ['circular-reference']],
  ['W1019', ['unused-variable']],
  ['W1028', ['unreachable-branch']],
  ['W2001', ['unused-parameter']],
  ['W7001', ['unused-mapping']],
  ['W8001', ['unused-condition']],
  ['W8003', ['constant-condition']],
  // the schemas of resource types
  ['E3002 E3003 E3012 E3014 E3017 E3018 E3020 E3021 E3024 E3030 E3031 E3032', ['invalid-property']],
  ['E3033 E3034 E3037 E3040 E3058', ['invalid-property']],
  // IAM
  ['E3510 E3512 E3530 W2511', ['invalid-policy', 'policy-version', 'unknown-condition-operator']],
  ['E3510 E3512 E3530 W3037', ['unknown-action']],
  ['E3530', ['cognito-trust']],
  // Rules
  ['E1700 E1701 E1702', ['rule-function']],
  // quotas
  ['E1002', ['template-size']],
  ['E1003 E2003 E2010 E2011 E3010 E3011 E6004 E6010 E6011 E7002 E7010', ['quota']],
]

const codesOf = new Map<string, Set<DiagnosticCode>>()
for (const [rules, codes] of rulesAndCodes) {
  for (const rule of rules.split(' ')) codesOf.set(rule, new Set([...(codesOf.get(rule) ?? []), ...codes]))
}

/**
 * cfn-lint's diagnostics without those that a check of ours has made too: one of the same kind in the same place,
 * or in a part or the whole of it. Of a cycle cfn-lint tells at each of its resources, so there any place will do.
 */
export function withoutTwins(own: readonly Diagnostic[], lint: readonly Diagnostic[]): readonly Diagnostic[] {
  return lint.filter(({ code, path }) => {
    const rule = code.replace('cfn-lint/', '')
    const codes = codesOf.get(rule)
    const isTwin = (twin: Diagnostic) => codes?.has(twin.code) && (rule === 'E3004' || overlap(twin.path, path))
    return !own.some(isTwin)
  })
}

function overlap(a: Path, b: Path): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a]
  return short.every((step, index) => step === long[index])
}
