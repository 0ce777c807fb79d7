import type { Command } from '@oclif/core'
import type { Generated } from './generated.ts'
import { readManifest } from './manifest.ts'

const folder = 'docs/commands'

/**
 * Makes one page for each command from the manifest, and a list of them.
 *
 * @returns the files of docs/commands
 */
export async function commandDocs(): Promise<Generated> {
  const { commands } = await readManifest()
  const visible = Object.values(commands)
    .filter(({ hidden }) => hidden !== true)
    .sort((a, b) => (a.id < b.id ? -1 : 1))
  const files = new Map(visible.map((command) => [`${folder}/${fileOf(command)}`, page(command)]))
  const list = visible.map(
    (command) => `| [\`p2p ${nameOf(command)}\`](${fileOf(command)}) | ${command.summary ?? ''} |`,
  )
  const index = ['# Commands', '', '| command | what it does |', '|---|---|', ...list, '']
  files.set(`${folder}/README.md`, index.join('\n'))
  return { files, folder }
}

function page(command: Command.Cached): string {
  const name = nameOf(command)
  const args = Object.values(command.args)
  const parts = [`# p2p ${name}`, sentence(command.summary ?? '')]
  if (command.description !== undefined) parts.push(command.description)
  parts.push(['```sh', ...examples(command), '```'].join('\n'))
  parts.push(['## Usage', '', '```', usage(name, args), '```'].join('\n'))
  if (args.length > 0) {
    const rows = args.map((arg) => `| \`${arg.name.toUpperCase()}\` | ${cell(arg.description)} |`)
    parts.push(['| argument | |', '|---|---|', ...rows].join('\n'))
  }
  for (const [group, flags] of flagGroups(command)) {
    parts.push(
      [`## ${group}`, '', '| flag | | environment | default |', '|---|---|---|---|', ...flags.map(flagRow)].join('\n'),
    )
  }
  return `${parts.join('\n\n')}\n`
}

function examples(command: Command.Cached): string[] {
  const texts = (command.examples ?? []).map((example) => (typeof example === 'string' ? example : example.command))
  return texts.map((text) =>
    text.replaceAll('<%= config.bin %>', 'p2p').replaceAll('<%= command.id %>', nameOf(command)),
  )
}

function usage(name: string, args: Command.Arg.Cached[]): string {
  const words = args.map((arg) => {
    const word = `${arg.name.toUpperCase()}${arg.multiple === true ? '...' : ''}`
    return arg.required === true ? word : `[${word}]`
  })
  return ['p2p', name, ...words, '[FLAGS]'].join(' ')
}

/** The command's own flags first, then the shared ones. */
function flagGroups(command: Command.Cached): Array<[string, Command.Flag.Cached[]]> {
  const groups = new Map<string, Command.Flag.Cached[]>([['Flags', []]])
  for (const flag of Object.values(command.flags)) {
    if (flag.hidden === true) continue
    const group = flag.helpGroup === undefined ? 'Flags' : `${title(flag.helpGroup)} flags`
    groups.set(group, [...(groups.get(group) ?? []), flag])
  }
  return [...groups].filter(([, flags]) => flags.length > 0)
}

function flagRow(flag: Command.Flag.Cached): string {
  const short = flag.char === undefined ? '' : `-${flag.char}, `
  const value = flag.type === 'option' ? ` ${flag.options?.join('|') ?? flag.helpValue ?? 'VALUE'}` : ''
  const usageText = `\`${`${short}--${flag.name}${value}`.replaceAll('|', '\\|')}\``
  const summary = `${flag.required === true ? '(required) ' : ''}${cell(flag.summary ?? flag.description)}`
  const initial = flag.type === 'option' && flag.default !== undefined ? `\`${String(flag.default)}\`` : ''
  return `| ${usageText} | ${summary} | ${flag.env === undefined ? '' : `\`${flag.env}\``} | ${initial} |`
}

function nameOf(command: Command.Cached): string {
  return command.id.replaceAll(':', ' ')
}

function fileOf(command: Command.Cached): string {
  return `${command.id.replaceAll(':', '-')}.md`
}

function cell(text = ''): string {
  return text.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ')
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}

function title(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1).toLowerCase()
}
