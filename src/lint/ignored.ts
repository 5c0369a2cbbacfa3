/**
 * What cfn-lint is not asked, and why. Everything else that it has is on: errors, warnings, informational and
 * experimental rules. https://github.com/aws-cloudformation/cfn-lint/blob/main/docs/rules.md
 */
export const ignoredRules = [
  {
    rules: ['I1002', 'I1003', 'I2010', 'I2011', 'I3010', 'I3012', 'I6010', 'I6011', 'I7002', 'I7010'],
    reason:
      'They say that nine tenths of a quota are used, of which nothing follows: what fits is as good as what fits ' +
      'easily, and what does not fit is an error of its own (E1002, E1003, E2010, E3010, E6010, E7010 and so on)',
  },
  {
    rules: ['I2530'],
    reason:
      'It asks to turn on SnapStart for any Java function: a choice between start-up time, price and what the ' +
      'code may keep at start, not a fault of a template',
  },
  {
    rules: ['I4010'],
    reason:
      'It asks every template for a Metadata block that describes it to machines; what a template has to say is ' +
      'in its descriptions and comments. A block that is there is still checked (W4011, W4012)',
  },
] as const satisfies readonly { readonly rules: readonly string[]; readonly reason: string }[]
