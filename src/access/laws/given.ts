import { applies } from '../decide/statement.ts'
import { all, any, not, type Truth } from '../decide/truth.ts'
import type { Identity } from '../question.ts'
import { type Session as Credentials, requestOf, sessionOf } from '../session.ts'
import { tagsOf } from '../tags.ts'
import { type Excess, excessOf } from './bounds.ts'
import type { AwsActions, Deployed, Role, Statement } from './deployed.ts'
import { type Asker, actionsOf, type Kind, type Probe, probesOf } from './probes.ts'
import type { AwsAction } from './violation.ts'

/** What the roles give to those who have them, beside what the options say. */
export type Given = {
  readonly sessions: readonly Session[]
  /** Requests that are not answered as the options say. */
  readonly mismatches: readonly Mismatch[]
  /** Actions that statements of a role allow and that no option gives to those who have it. */
  readonly strange: readonly Strange[]
  /** What statements of their own reach, whatever is asked, beyond what the options say. */
  readonly beyond: readonly Beyond[]
}

export type Beyond = Excess & { readonly session: Session; readonly statement: string }

/** Somebody with a role. */
export type Session = { readonly name: string; readonly role: Role; readonly who: Identity; readonly asker: Asker }

export type Mismatch = {
  readonly session: Session
  readonly action: string
  readonly probe: Probe
  /** What is; the probe says what should be. */
  readonly truth: Truth
  readonly statement: string
}

/** A request, and what a role's own policies say to it. */
export type Cell = { readonly action: string; readonly probe: Probe; readonly truth: Truth; readonly by?: Statement }

/** All cells of one kind, and those that are not as the options say. */
type Table = { readonly cells: readonly Cell[]; readonly wrong: readonly Cell[] }

export type Strange = { readonly role: Role; readonly statement: Statement; readonly action: AwsAction }

/**
 * How far statements reach, remembered from scenario to scenario: what the same statements say to the same requests of
 * the same asker is the same wherever they are deployed.
 */
export class Reach {
  readonly #actions: AwsActions
  readonly #numbers = new Map<string, number>()
  readonly #known = new Map<string, Table>()
  readonly #truths = new Map<string, Map<Probe, Truth>>()
  readonly #excesses = new Map<string, readonly Excess[]>()
  readonly #given = new WeakMap<Deployed, Given>()

  constructor(actions: AwsActions) {
    this.#actions = actions
  }

  given(deployed: Deployed): Given {
    const known = this.#given.get(deployed)
    if (known !== undefined) return known
    const sessions = deployed.roles.flatMap(role => sessionsOf(deployed, role))
    const given = {
      sessions,
      mismatches: sessions.flatMap(session =>
        this.#tables(deployed, session)
          .flatMap(({ wrong }) => wrong)
          .filter(({ truth }) => truth !== false || deployed.options.isPromised)
          .map(({ action, probe, truth, by }) => {
            return { session, action, probe, truth, statement: by?.name ?? session.role.id }
          }),
      ),
      strange: deployed.roles.flatMap(role => this.#strange(role)),
      beyond: sessions.flatMap(session => this.#beyond(deployed, session)),
    }
    this.#given.set(deployed, given)
    return given
  }

  /** Every probe with every action of its kind, and what the role's own policies say to it: the same as `decide`. */
  cells(deployed: Deployed, session: Session): readonly Cell[] {
    return this.#tables(deployed, session).flatMap(({ cells }) => cells)
  }

  #tables(deployed: Deployed, session: Session): readonly Table[] {
    const credentials = credentialsOf(deployed, session)
    const name = JSON.stringify([session.who, session.role.id, [...credentials.context]])
    return kinds.flatMap(kind => {
      const naming = actionsOf[kind].map(action => this.#naming(session.role, action))
      const probes = probesOf(kind, session.asker, deployed.options)
      const key = `${probes.key} ${name} ${naming.map(it => it.map(({ key }) => this.#number(key)).join()).join(';')}`
      const known = this.#known.get(key)
      if (known !== undefined) return known
      const cells = actionsOf[kind].flatMap((action, at) => {
        const statements = (naming[at] ?? []).map(it => [it, this.#reached(session, credentials, name, it)] as const)
        return probes.all.map(probe => {
          const asked = statements.map(([it, truth]) => [it, truth(probe)] as const)
          return { action, probe, ...decisionOf(asked) }
        })
      })
      const table = { cells, wrong: cells.filter(({ action, probe, truth }) => truth !== probe.allowed.has(action)) }
      this.#known.set(key, table)
      return table
    })
  }

  /** A statement must keep within the options by itself, whatever others deny. */
  #beyond(deployed: Deployed, session: Session): readonly Beyond[] {
    const credentials = credentialsOf(deployed, session)
    const name = JSON.stringify([session.who, session.role.id, [...credentials.context]])
    const request = requestOf(credentials, { who: session.who, action: '', resource: '' })
    return session.role.statements.flatMap(statement => {
      if (statement.effect === 'Deny') return []
      return kinds.flatMap(kind => {
        const actions = actionsOf[kind].filter(action => this.#actions.isNamedBy(action, statement))
        if (actions.length === 0) return []
        const key = `${kind} ${this.#number(statement.key)} ${name} ${probesOf(kind, session.asker, deployed.options).key}`
        const known =
          this.#excesses.get(key) ?? excessOf(statement, kind, actions, session.asker, deployed.options, request)
        this.#excesses.set(key, known)
        return known.map(excess => ({ ...excess, session, statement: statement.name }))
      })
    })
  }

  #number(key: string): number {
    const number = this.#numbers.get(key) ?? this.#numbers.size
    this.#numbers.set(key, number)
    return number
  }

  #naming(role: Role, action: string): readonly Statement[] {
    return role.statements.filter(it => this.#actions.isNamedBy(action, it))
  }

  #reached({ who }: Session, credentials: Credentials, name: string, statement: Statement): (probe: Probe) => Truth {
    const key = `${this.#number(statement.key)} ${name}`
    const known = this.#truths.get(key) ?? new Map<Probe, Truth>()
    this.#truths.set(key, known)
    return probe => {
      const earlier = known.get(probe)
      if (earlier !== undefined) return earlier
      // By which action a statement is asked makes no difference to its resources and conditions.
      const [{ name: action } = { name: '' }] = this.#actions.namedBy(statement)
      const truth = applies(statement.value, requestOf(credentials, { who, action, ...probe }), statement.hasVariables)
      known.set(probe, truth)
      return truth
    }
  }

  #strange(role: Role): readonly Strange[] {
    const usual = usualActions(role)
    return role.statements.flatMap(statement => {
      if (statement.effect === 'Deny') return []
      const named = [...this.#actions.namedBy(statement)].filter(({ name }) => !usual.has(name))
      return named.filter(it => !this.#isShut(role, it)).map(action => ({ role, statement, action }))
    })
  }

  /** A statement denies it everywhere. */
  #isShut({ statements }: Role, action: AwsAction): boolean {
    return statements.some(
      it =>
        it.effect === 'Deny' &&
        it.value['Condition'] === undefined &&
        [it.value['Resource']].flat().includes('*') &&
        this.#actions.namedBy(it).has(action),
    )
  }
}

function decisionOf(asked: readonly (readonly [Statement, Truth])[]): {
  readonly truth: Truth
  readonly by?: Statement
} {
  const of = (effect: Statement['effect']) => asked.filter(([it, truth]) => it.effect === effect && truth !== false)
  const [allowed, denied, open] = [of('Allow'), of('Deny'), of('unknown')]
  const by = [...allowed, ...open][0]?.[0]
  const truth = all([
    any([...allowed.map(([, it]) => it), ...open.map(() => 'unknown' as const)]),
    not(any(denied.map(([, it]) => it))),
  ])
  return by === undefined ? { truth } : { truth, by }
}

const kinds: readonly Kind[] = ['objects', 'listing', 'rows', 'key', 'api']

/** Those that probes say enough of. */
function usualActions({ of }: Role): ReadonlySet<string> {
  switch (of) {
    case 'users':
      return new Set(kinds.flatMap(kind => actionsOf[kind]))
    case 'guests':
      return new Set(['s3:GetObject', 'kms:Decrypt'])
    case 'nobody':
      return new Set()
  }
}

const users = {
  a: { uuid: '0a1b2c3d-1111-4aaa-8aaa-aaaaaaaaaaaa', sub: '5e1d0c9b-1111-4aaa-9aaa-aaaaaaaaaaaa' },
  b: { uuid: '0a1b2c3d-2222-4bbb-8bbb-bbbbbbbbbbbb', sub: '5e1d0c9b-2222-4bbb-9bbb-bbbbbbbbbbbb' },
} as const

/**
 * User A, of whose claims those that users or the app may write say that it is B; A without tags, as a user of a provider
 * whose claims are not mapped; and one whose identity is empty. A guest.
 */
export function sessionsOf({ resolved, options }: Deployed, role: Role): readonly Session[] {
  const { region, isKeyedBySub, userPool = '' } = options
  const [a, b] = [`${region}:${users.a.uuid}`, `${region}:${users.b.uuid}`]
  const asker = (identity: string, folder: string | undefined, isSignedIn: boolean): Asker => {
    return { isSignedIn, identity, folder, otherIdentity: b, otherFolder: isKeyedBySub ? users.b.sub : b }
  }
  const base = { kind: 'identity', pool: 'own', flow: 'enhanced' } as const
  if (role.of === 'guests') {
    return [
      {
        name: 'a guest',
        role,
        who: { ...base, isSignedIn: false, id: a, tags: {} },
        asker: asker(a, undefined, false),
      },
    ]
  }
  if (role.of === 'nobody') return []
  const provider = `cognito-idp.${userPool.split('_')[0] ?? ''}.${options.urlSuffix}/${userPool}`
  const claims = {
    ...{ sub: users.a.sub, aud: 'client', token_use: 'id', iss: `https://${provider}` },
    ...{ email: users.b.sub, name: users.b.sub, nickname: users.b.sub, preferred_username: users.b.sub },
    ...{ 'cognito:username': users.b.sub, 'custom:sub': users.b.sub, profile: users.b.sub },
  }
  const tagged: Identity = { ...base, isSignedIn: true, id: a, provider, claims }
  const { known, open } = tagsOf(resolved, tagged)
  const folder = isKeyedBySub ? users.a.sub : a
  // Nobody but the template maps claims of its own pool.
  const signedIn: Identity = open.size > 0 ? tagged : { ...tagged, tags: Object.fromEntries(known) }
  return [
    { name: 'user A', role, who: signedIn, asker: asker(a, folder, true) },
    {
      name: 'user A without tags',
      role,
      who: { ...base, isSignedIn: true, id: a, tags: {} },
      asker: asker(a, isKeyedBySub ? undefined : a, true),
    },
    {
      name: 'a user without an identity',
      role,
      who: { ...signedIn, id: '' },
      asker: asker('', isKeyedBySub ? folder : undefined, true),
    },
  ]
}

/** What IAM knows of the session; of one without an identity not whose it is. */
function credentialsOf({ resolved, options }: Deployed, { role, who }: Session): Credentials {
  const credentials = sessionOf(resolved, role.id, who)
  if (who.id !== '') return credentials
  const sub = `${options.host}:sub`
  return {
    ...credentials,
    context: new Map([...credentials.context].filter(([key]) => key !== sub)),
    isOpen: key => key !== sub && credentials.isOpen(key),
  }
}
