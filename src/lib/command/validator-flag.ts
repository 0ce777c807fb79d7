import { Flags } from '@oclif/core'
import { ToolkitError } from '../errors/toolkit-error.ts'
import { type ValidatorName, type Validators, validatorNames } from '../node/spec.ts'

/** Who validates the values of which namespace. */
export const validatorOptions = {
  summary: `validate values of this namespace by ${validatorNames.slice(0, -1).join(', ')}, or not at all: none`,
  helpValue: 'NAMESPACE=NAME',
  helpGroup: 'DHT',
  multiple: true,
  multipleNonGreedy: true,
  delimiter: ',',
  parse: async (text: string) => validatorOf(text).join('='),
} as const

/** `--validator` of commands that ask a DHT. */
export const validatorFlag = Flags.string(validatorOptions)

/**
 * The validators that a command was told of.
 *
 * @param flags - values of `--validator`
 * @returns validators by namespace
 * @throws ToolkitError `usage` for one that there is not
 */
export function validatorsOf(flags: string[] = []): Validators {
  return Object.fromEntries(flags.map(validatorOf))
}

function validatorOf(text: string): [string, ValidatorName] {
  const [, namespace, given] = /^([^/=]+)=(.+)$/.exec(text) ?? []
  const name = validatorNames.find((known) => known === given)
  if (namespace !== undefined && name !== undefined && (name === 'none' || name === namespace)) return [namespace, name]
  throw new ToolkitError('usage', `not a validator: ${JSON.stringify(text.slice(0, 64))}`, {
    layer: 'routing',
    suggestions: ['write pk=pk, ipns=ipns, or mine=none to take every value under /mine/'],
  })
}
