import type { Diagnostic, DiagnosticCode } from '../diagnostic.ts'
import type { Path } from '../document.ts'

const schema = ['invalid-property'] as const
const reference = ['undefined-reference', 'unlisted-reference'] as const
const policy = ['invalid-policy', 'policy-version', 'unknown-action', 'unknown-condition-operator'] as const
const name = ['bad-logical-id', 'quota'] as const

/**
 * The rules of cfn-lint that judge what a check of ours judges, with its codes.
 * https://github.com/aws-cloudformation/cfn-lint/blob/main/docs/rules.md
 */
const twins: ReadonlyMap<string, readonly DiagnosticCode[]> = new Map<string, readonly DiagnosticCode[]>([
  // the resource schemas
  ['E3002', schema],
  ['E3003', schema],
  ['E3012', schema],
  ['E3014', schema],
  ['E3017', schema],
  ['E3018', schema],
  ['E3020', schema],
  ['E3021', schema],
  ['E3030', schema],
  ['E3031', schema],
  ['E3032', schema],
  ['E3033', schema],
  ['E3034', schema],
  ['E3037', schema],
  ['E3040', schema],
  ['E3058', schema],
  ['E3001', ['unknown-resource-type']],
  ['E3006', ['unknown-resource-type']],
  // references
  ['E1010', ['unknown-attribute', ...reference]],
  ['E1011', reference],
  ['E1019', ['unknown-attribute', 'literal-placeholder', ...reference]],
  ['E1020', reference],
  ['E1028', reference],
  ['E3005', ['conditional-reference', ...reference]],
  ['E3015', reference],
  ['E6005', reference],
  ['E8002', reference],
  ['E8007', reference],
  ['E3004', ['circular-reference']],
  ['W1001', ['conditional-reference']],
  ['W2001', ['unused-parameter']],
  ['W7001', ['unused-mapping']],
  ['W8001', ['unused-condition']],
  // IAM
  ['E3510', policy],
  ['E3512', policy],
  ['E3530', [...policy, 'cognito-trust']],
  ['W2511', policy],
  ['W3037', ['unknown-action']],
  // Rules
  ['E1700', ['rule-function']],
  ['E1701', ['rule-function']],
  ['E1702', ['rule-function']],
  // names and quotas
  ['E1002', ['template-size']],
  ['E1003', ['quota']],
  ['E2003', name],
  ['E2010', ['quota']],
  ['E2011', ['quota']],
  ['E3010', ['quota']],
  ['E3011', name],
  ['E6004', name],
  ['E6010', ['quota']],
  ['E6011', ['quota']],
  ['E7002', name],
  ['E7010', ['quota']],
])

/**
 * cfn-lint's diagnostics without those that a check of ours has made too: one of the same kind in the same place,
 * or in a part or the whole of it. Of a cycle cfn-lint tells at each of its resources, so there any place will do.
 */
export function withoutTwins(own: readonly Diagnostic[], lint: readonly Diagnostic[]): readonly Diagnostic[] {
  return lint.filter(({ code, path }) => {
    const codes = twins.get(code.replace('cfn-lint/', ''))
    return (
      codes === undefined ||
      !own.some(twin => codes.includes(twin.code) && (twin.code === 'circular-reference' || overlap(twin.path, path)))
    )
  })
}

function overlap(a: Path, b: Path): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a]
  return short.every((step, index) => step === long[index])
}
