/** Combinations of parameters that make no sense: CloudFormation refuses them, in these words, before it makes anything. */

import { Equals, Ref, rule } from 'poolform'

import { isGiven } from '../shared/predicates.ts'
import { AccessLogBucketName, AccessLogRetentionDays, OrganizationId, ReadAccess } from './parameters.ts'

export const OrganizationIsNamed = rule({
  RuleCondition: Equals(Ref(ReadAccess), 'Organization'),
  Assertions: [
    {
      Assert: isGiven(OrganizationId),
      AssertDescription: 'ReadAccess Organization needs OrganizationId: the organization whose accounts may read',
    },
  ],
})

export const OrganizationReads = rule({
  RuleCondition: isGiven(OrganizationId),
  Assertions: [
    {
      Assert: Equals(Ref(ReadAccess), 'Organization'),
      AssertDescription: 'OrganizationId needs ReadAccess Organization: otherwise it says nothing',
    },
  ],
})

export const LogsHaveOnePlace = rule({
  RuleCondition: isGiven(AccessLogRetentionDays),
  Assertions: [
    {
      Assert: Equals(Ref(AccessLogBucketName), ''),
      AssertDescription:
        'AccessLogRetentionDays and AccessLogBucketName exclude each other: logs go to a bucket of their own, or to one that is there already',
    },
  ],
})
