/**
 * Signs a user in as a browser does, by the Secure Remote Password protocol: the password is proven, not sent.
 * The protocol is RFC 5054's; how Amazon Cognito hashes, derives and signs is that of AWS's own open client,
 * https://github.com/aws-amplify/amplify-js (packages/auth, `srp`).
 */
import assert from 'node:assert/strict'
import { createHash, createHmac, getDiffieHellman, randomBytes } from 'node:crypto'
import { InitiateAuthCommand, RespondToAuthChallengeCommand } from '@aws-sdk/client-cognito-identity-provider'
import { admin, present } from './world.ts'

/** The group of 3072 bits, RFC 3526 section 4. */
const N = BigInt(`0x${getDiffieHellman('modp15').getPrime('hex')}`)
const g = 2n
const k = hash(padded(N), padded(g))

/** The ID token of a user who signs in with the password. */
export const signInBySrp = async (
  userPoolId: string,
  ClientId: string,
  Username: string,
  password: string,
): Promise<string> => {
  const a = BigInt(`0x${randomBytes(128).toString('hex')}`)
  const A = power(g, a)
  const { ChallengeName, ChallengeParameters, Session } = await admin.userPools.send(
    new InitiateAuthCommand({
      ClientId,
      AuthFlow: 'USER_SRP_AUTH',
      AuthParameters: { USERNAME: Username, SRP_A: A.toString(16) },
    }),
  )
  assert.equal(ChallengeName, 'PASSWORD_VERIFIER')
  const { SRP_B, SALT, SECRET_BLOCK, USER_ID_FOR_SRP } = present(ChallengeParameters)
  const B = BigInt(`0x${present(SRP_B)}`)
  const user = present(USER_ID_FOR_SRP)
  const poolName = present(userPoolId.split('_')[1])
  const u = hash(padded(A), padded(B))
  const identity = createHash('sha256').update(`${poolName}${user}:${password}`).digest()
  const x = hash(padded(BigInt(`0x${present(SALT)}`)), identity)
  const S = power(mod(B - k * power(g, x)), a + u * x)
  const derived = createHmac('sha256', padded(u)).update(padded(S)).digest()
  const key = createHmac('sha256', derived).update('Caldera Derived Key\x01').digest().subarray(0, 16)
  const TIMESTAMP = timestamp(new Date())
  const block = Buffer.from(present(SECRET_BLOCK), 'base64')
  const signature = createHmac('sha256', key).update(`${poolName}${user}`).update(block).update(TIMESTAMP)
  const answer = await admin.userPools.send(
    new RespondToAuthChallengeCommand({
      ClientId,
      ChallengeName,
      Session,
      ChallengeResponses: {
        USERNAME: user,
        PASSWORD_CLAIM_SECRET_BLOCK: present(SECRET_BLOCK),
        PASSWORD_CLAIM_SIGNATURE: signature.digest('base64'),
        TIMESTAMP,
      },
    }),
  )
  return present(answer.AuthenticationResult?.IdToken)
}

/** `Mon Nov 23 04:05:06 UTC 2026`, the day without a zero. */
function timestamp(date: Date): string {
  const [weekday, day, month, year, time] = date.toUTCString().replace(',', '').split(' ')
  return `${weekday} ${month} ${Number(day)} ${time} UTC ${year}`
}

/** Big-endian in whole bytes, with a zero byte before one that would make it negative. */
function padded(value: bigint): Buffer {
  const hex = value.toString(16)
  const even = hex.length % 2 === 0 ? hex : `0${hex}`
  return Buffer.from(/^[89a-f]/.test(even) ? `00${even}` : even, 'hex')
}

function hash(...parts: readonly Buffer[]): bigint {
  return BigInt(`0x${createHash('sha256').update(Buffer.concat(parts)).digest('hex')}`)
}

function mod(value: bigint): bigint {
  return ((value % N) + N) % N
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n
  let square = base % N
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % N
    square = (square * square) % N
  }
  return result
}
