import { type Document, isObject, type Json, type JsonObject, member } from '../document.ts'
import type { Resolved, ResolvedOutput, ResolvedResource } from './index.ts'
import { isValueList, isValueObject, Unknown, type Value } from './value.ts'

/**
 * What was resolved as a template again: without Rules, with the functions, parameters, mappings and conditions alone
 * that deployment needs. Resolved again, it comes to the same. A mistake is written as `AWS::NoValue`.
 */
export function documentOf(resolved: Resolved, source: Document): Document {
  const { Parameters, Rules, Mappings, Conditions, Resources, Outputs, ...others } = source
  const resources = mapValues(resolved.Resources, resource)
  const outputs = mapValues(resolved.Outputs, output)
  const conditions = Object.fromEntries(
    [...resolved.conditions].flatMap(([name, truth]) => (truth instanceof Unknown ? [[name, write(truth)]] : [])),
  )
  const made = { Conditions: conditions, Resources: resources, Outputs: outputs }
  const names = referencesIn(made)
  const needed = Object.entries(Parameters ?? {}).filter(([name]) => names.has(name))
  return {
    ...others,
    ...section('Parameters', Object.fromEntries(needed)),
    ...(Mappings !== undefined && names.has(findInMap) ? { Mappings } : {}),
    ...section('Conditions', conditions),
    Resources: resources,
    ...section('Outputs', outputs),
  }
}

/** A value as a template has it: functions for what is unknown. */
export function write(value: Value | undefined): Json {
  if (value === undefined) return { Ref: 'AWS::NoValue' }
  if (isValueList(value)) return value.map(write)
  if (isValueObject(value)) return mapValues(value, write)
  return value instanceof Unknown ? writeUnknown(value) : value
}

function writeUnknown({ origin }: Unknown): Json {
  switch (origin.kind) {
    case 'resource':
      return { Ref: origin.id }
    case 'attribute':
      return { 'Fn::GetAtt': [origin.id, write(origin.attribute)] }
    case 'parameter':
    case 'pseudo':
      return { Ref: origin.name }
    case 'import':
      return { 'Fn::ImportValue': write(origin.name) }
    case 'dynamic': {
      const reference = write(origin.reference)
      return typeof reference === 'string'
        ? `{{resolve:${reference}}}`
        : { 'Fn::Join': ['', ['{{resolve:', reference, '}}']] }
    }
    case 'text':
      return { 'Fn::Join': ['', origin.parts.map(write)] }
    case 'call':
      return { [origin.fn]: write(origin.argument) }
    case 'choice':
      return { 'Fn::If': [origin.condition, write(origin.whenTrue), write(origin.whenFalse)] }
    case 'mistake':
      return { Ref: 'AWS::NoValue' }
  }
}

function resource({ Type, Properties, DependsOn, attributes, condition }: ResolvedResource): JsonObject {
  return {
    Type,
    ...(condition === undefined ? {} : { Condition: condition }),
    ...(DependsOn.length === 0 ? {} : { DependsOn }),
    ...mapValues(attributes, write),
    ...(Object.keys(Properties).length === 0 ? {} : { Properties: mapValues(Properties, write) }),
  }
}

function output({ Value, attributes, condition }: ResolvedOutput): JsonObject {
  return {
    ...(condition === undefined ? {} : { Condition: condition }),
    Value: write(Value),
    ...mapValues(attributes, write),
  }
}

const findInMap = 'Fn::FindInMap'

/** What `Ref` names, and `Fn::FindInMap` where it is called. */
function referencesIn(json: Json): ReadonlySet<string> {
  const found = new Set<string>()
  const visit = (value: Json): void => {
    if (Array.isArray(value)) value.forEach(visit)
    if (!isObject(value)) return
    const name = member(value, 'Ref')
    if (typeof name === 'string') found.add(name)
    if (member(value, findInMap) !== undefined) found.add(findInMap)
    Object.values(value).forEach(visit)
  }
  visit(json)
  return found
}

function section(
  name: 'Parameters' | 'Conditions' | 'Outputs',
  entries: JsonObject,
): { [section: string]: JsonObject } {
  return Object.keys(entries).length === 0 ? {} : { [name]: entries }
}

function mapValues<From, To>(record: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]))
}
