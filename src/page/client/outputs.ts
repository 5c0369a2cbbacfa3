import {
  cdkSnippet,
  type Deployment,
  deployCommand,
  nestedYaml,
  samSnippet,
  terraformSnippet,
} from '../../launch/commands.ts'
import { launchUrl } from '../../launch/launch-url.ts'
import { templateUrl } from '../../launch/template-url.ts'
import type { Assessment, Form } from './assess.ts'
import { h, say } from './dom.ts'
import { type Snippet, snippet, tabs } from './tabs.ts'

/** The ways to deploy besides the console. */
export type Outputs = {
  readonly element: HTMLElement
  readonly show: (form: Form, assessment: Assessment, versionId: string | undefined) => void
}

type Way = {
  readonly name: string
  /** What is copied, as a screen reader says it. */
  readonly what: string
  readonly hint: string
  /** Does it need the template where CloudFormation reads it, or does a file do? */
  readonly needsPlace: boolean
  readonly write: (deployment: Deployment) => string
}

const shellHint = 'Needs the AWS CLI, and credentials of the account in which to deploy.'

const ways: readonly Way[] = [
  {
    name: 'Command line',
    what: 'the command for a POSIX shell',
    hint: `For a terminal on Linux or macOS. ${shellHint}`,
    needsPlace: false,
    write: deployment => deployCommand(deployment, 'posix'),
  },
  {
    name: 'PowerShell',
    what: 'the command for PowerShell',
    hint: `For a terminal on Windows. ${shellHint}`,
    needsPlace: false,
    write: deployment => deployCommand(deployment, 'powershell'),
  },
  {
    name: 'CloudFormation',
    what: 'the nested stack as YAML',
    hint: 'A part of a template: put the resource among those of yours, which then nests the stack. A value may be a !Ref or !GetAtt to what is made there.',
    needsPlace: true,
    write: nestedYaml,
  },
  {
    name: 'SAM',
    what: 'the nested application of AWS SAM as YAML',
    hint: 'A part of a template: put the resource among those of your app, and the Transform above them if it is not there.',
    needsPlace: true,
    write: samSnippet,
  },
  {
    name: 'CDK',
    what: 'the nested stack for the AWS CDK in TypeScript',
    hint: 'Nested in a stack of the AWS CDK.',
    needsPlace: true,
    write: cdkSnippet,
  },
  {
    name: 'Terraform',
    what: 'the resource for Terraform',
    hint: 'CloudFormation makes the stack, Terraform keeps it.',
    needsPlace: true,
    write: terraformSnippet,
  },
]

export function outputs(announce: (text: string) => void): Outputs {
  const made = ways.map(way => {
    const remark = h('span')
    const text: Snippet = snippet(way.what, [`${way.hint} `, remark], announce)
    return { way, text, remark }
  })
  const all = made.map(({ way, text }) => ({ name: way.name, panel: text.element }))
  return {
    element: h('div', { class: 'ways' }, h('h3', {}, 'Or take it along'), tabs('Other ways to deploy', all)),
    show: (form, assessment, versionId) => {
      const { kinds, remarks } = hindrances(assessment)
      const deployment = deploymentOf(form, assessment, versionId)
      for (const { way, text, remark } of made) {
        const words = [
          ...(way.needsPlace && kinds.has('partition')
            ? ['The templates are in another partition than the region.']
            : []),
          ...(way.needsPlace && form.place === undefined
            ? [
                form.refusal === undefined
                  ? 'Put the address of the published template in.'
                  : 'The address above cannot be used: put that of the published template in.',
              ]
            : []),
          ...(!way.needsPlace && deployment.templateUrl === undefined
            ? [`First put ${form.artifact.file} into the folder in which you run it.`]
            : []),
          ...remarks,
        ]
        say(remark, words.join(' '))
        const isShown = !way.needsPlace || !kinds.has('partition')
        text.set(isShown ? way.write(deployment) : undefined)
      }
    },
  }
}

function hindrances({ problems, secrets }: Assessment) {
  const kinds = new Set(problems.map(({ kind }) => kind))
  const isRefused = kinds.has('value') || kinds.has('rule')
  return {
    kinds,
    remarks: [
      ...(isRefused ? ['CloudFormation would refuse the settings as they are now: see what is still to do.'] : []),
      ...(secrets.length === 0 ? [] : [`Secrets are left out: add ${secrets.join(' and ')} yourself.`]),
    ],
  }
}

function deploymentOf(form: Form, { problems, changed }: Assessment, versionId: string | undefined): Deployment {
  const { artifact, region, stackName, place } = form
  const isReachable = place !== undefined && !problems.some(({ kind }) => kind === 'partition')
  return {
    artifact,
    templateUrl: isReachable ? urlOf(form, versionId) : undefined,
    ...{ region, stackName, parameters: changed },
  }
}

function urlOf({ artifact, place }: Form, versionId: string | undefined): string | undefined {
  const { name: template, version, file } = artifact
  return place === undefined ? undefined : templateUrl(place, { template, version, versionId, file })
}

/** The link to the console; none for a form that is not ready. */
export function linkOf(
  form: Form,
  { problems, changed }: Assessment,
  versionId: string | undefined,
): string | undefined {
  const url = urlOf(form, versionId)
  if (url === undefined || problems.length > 0) return undefined
  return launchUrl({ templateUrl: url, region: form.region, stackName: form.stackName, parameters: changed })
}
