/** What of the template is there, by what the deployer said. */

import { condition, Equals, Or, Ref } from 'poolform'

import { isGiven, isOn } from '../shared/predicates.ts'
import { AccessLogBucketName, AccessLogRetentionDays, BucketName, ProtectReleases, ReadAccess } from './parameters.ts'

export const HasBucketName = condition(isGiven(BucketName))
export const IsPublic = condition(Equals(Ref(ReadAccess), 'Public'))
export const IsOrganization = condition(Equals(Ref(ReadAccess), 'Organization'))
export const ReleasesProtected = condition(isOn(ProtectReleases))
export const HasOwnLogBucket = condition(isGiven(AccessLogRetentionDays))
export const HasAccessLogs = condition(Or(isGiven(AccessLogRetentionDays), isGiven(AccessLogBucketName)))
