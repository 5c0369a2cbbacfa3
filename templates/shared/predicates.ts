import { AWS, type Branch, type Condition, Equals, If, type Intrinsic, Not, type Parameter, Ref } from 'poolform'

export function isGiven(target: Parameter<string>) {
  return Not(Equals(Ref(target), ''))
}

export function isOn(target: Parameter<'true' | 'false'>) {
  return Equals(Ref(target), 'true')
}

/** The value if the condition holds, else nothing at all. */
export function onlyIf<T>(condition: Condition, value: Branch<T>): Intrinsic<T> {
  return If<T>(condition, value, Ref(AWS.NoValue))
}
