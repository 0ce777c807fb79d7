import { Flags } from '@oclif/core'
import { ToolkitError } from '../errors/toolkit-error.ts'
import { type ValidatorName, type Validators, validatorNames } from '../node/spec.ts'
import { dhtHelpGroup } from './dht-flags.ts'
import { repeatable } from './repeatable.ts'

/** A namespace, and who validates its values. */
export interface ValidatorChoice {
  namespace: string
  name: ValidatorName
}

/** Who validates the values of which namespace. */
export const validatorFlag = Flags.custom<ValidatorChoice>({
  ...repeatable,
  summary: `validate values of this namespace by ${validatorNames.slice(0, -1).join(', ')}, or not at all: none`,
  helpValue: 'NAMESPACE=NAME',
  helpGroup: dhtHelpGroup,
  parse: async (text) => validatorOf(text),
})

/**
 * The validators that a command was told of.
 *
 * @param choices - values of `--validator`
 * @returns validators by namespace; the last choice counts
 */
export function validatorsOf(choices: ValidatorChoice[] = []): Validators {
  return Object.fromEntries(choices.map(({ namespace, name }) => [namespace, name]))
}

function validatorOf(text: string): ValidatorChoice {
  const [, namespace, given] = /^([^/=]+)=(.+)$/.exec(text) ?? []
  const name = validatorNames.find((known) => known === given)
  if (namespace !== undefined && name !== undefined && (name === 'none' || name === namespace))
    return { namespace, name }
  throw new ToolkitError('usage', `not a validator: ${JSON.stringify(text.slice(0, 64))}`, {
    layer: 'routing',
    suggestions: ['write pk=pk, ipns=ipns, or mine=none to take every value under /mine/'],
  })
}
