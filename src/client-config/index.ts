import type { JsonObject } from '../document.ts'
import { amplifyOutputs, mobileConfiguration, resourcesConfig, withoutUserPool } from './amplify.ts'
import { environmentFile } from './env.ts'
import type { Facts, Problem } from './facts.ts'
import type { Format } from './format.ts'
import { literal } from './script.ts'
import { sdkModule } from './sdk-js.ts'
import type { SignIn } from './sign-in.ts'

/** The text for an app; `file` is the name that what reads it looks for, `notes` are clauses without a full stop. */
export type ClientConfig = { readonly file: string; readonly text: string; readonly notes: readonly string[] }

export type Extra = {
  /** Of the user pool and app client, for formats that have a place for it. */
  readonly signIn: SignIn
  /** Of names in a `.env` file. */
  readonly prefix: string
}

/** Does the format have a place for what a user pool asks of sign-in? */
export function asksSignIn(format: Format, facts: Facts): boolean {
  switch (format) {
    case 'amplify':
    case 'amplify-js':
      return facts.userPool !== undefined
    case 'ios':
    case 'android':
      return fitsOutputs(facts)
    case 'sdk-js':
    case 'env':
      return false
  }
}

/** The same facts, the same text. */
export function clientConfig(
  format: Format,
  facts: Facts,
  { signIn, prefix }: Extra,
): ClientConfig | { readonly problem: Problem } {
  const { warnings } = signIn
  switch (format) {
    case 'amplify': {
      const outputs = amplifyOutputs(facts, signIn, true)
      if (outputs === undefined) return { problem: withoutUserPool }
      return { file: 'amplify_outputs.json', text: json(outputs), notes: [...warnings, ...folderNotes(facts)] }
    }
    case 'amplify-js': {
      const lines = [
        '// npm install aws-amplify',
        "import { Amplify } from 'aws-amplify'",
        '',
        `Amplify.configure(${literal(resourcesConfig(facts, signIn))})`,
        '',
      ]
      return { file: 'amplify.ts', text: lines.join('\n'), notes: [...warnings, ...folderNotes(facts)] }
    }
    case 'ios':
    case 'android': {
      const outputs = fitsOutputs(facts) ? amplifyOutputs(facts, signIn, false) : undefined
      const notes = [...(outputs === undefined ? [whyFirstGeneration(facts)] : warnings), ...folderNotes(facts)]
      return outputs === undefined
        ? { file: 'amplifyconfiguration.json', text: json(mobileConfiguration(facts)), notes }
        : { file: 'amplify_outputs.json', text: json(outputs), notes }
    }
    case 'sdk-js':
      return { file: 'cognito.ts', text: sdkModule(facts), notes: closedNotes(facts) }
    case 'env':
      return { file: '.env', text: environmentFile(facts, prefix), notes: [] }
  }
}

function closedNotes({ logins, allowsGuests }: Facts): readonly string[] {
  const isOpen = allowsGuests || logins.developer !== undefined || logins.userPools.length + logins.others.length > 0
  return isOpen ? [] : ['the identity pool has no identity provider and no guests: nobody gets credentials from it']
}

const json = (value: JsonObject): string => `${JSON.stringify(value, undefined, 2)}\n`

/** Amplify Swift and Android take the one region that `amplify_outputs.json` has for both pools. */
const fitsOutputs = ({ userPool, identityPool }: Facts): boolean => userPool?.region === identityPool.region

const whyFirstGeneration = ({ userPool }: Facts): string =>
  userPool === undefined
    ? 'this is amplifyconfiguration.json, since amplify_outputs.json has no place for an identity pool without a user pool'
    : 'this is amplifyconfiguration.json, since amplify_outputs.json has one region for user pool and identity pool, and theirs differ'

/** No configuration of Amplify has a place for it. */
function folderNotes({ uploads }: Facts): readonly string[] {
  switch (uploads?.keyedBy) {
    case undefined:
      return []
    case 'IdentityId':
      return ["paths of a user's own files begin with private/IDENTITY-ID/"]
    case 'UserSub':
      return ["paths of a user's own files begin with private/SUB/, the sub of the user's ID token"]
  }
}
