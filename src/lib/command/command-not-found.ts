import type { Hook } from '@oclif/core'
import { ToolkitError } from '../errors/toolkit-error.ts'

/** Edits beyond which a command is not what was meant. */
const furthest = 3

/** Answers a mistyped command with the nearest one: in one line, without a prompt, exit 2. */
const commandNotFound: Hook.CommandNotFound = async ({ id, config }) => {
  // oclif joins the arguments into the id
  const words = id.split(/[: ]/)
  for (let count = words.length - 1; count > 0; count--) {
    const command = config.findCommand(words.slice(0, count).join(':'))
    if (command === undefined) continue
    const unexpected = JSON.stringify(words.slice(count).join(' ').slice(0, 64))
    const name = command.id.replaceAll(':', ' ')
    throw new ToolkitError('usage', `unexpected argument ${unexpected}: see ${config.bin} ${name} --help`)
  }
  const typed = words.slice(0, 2).join(' ')
  const known = [...config.commandIDs, ...config.topics.map((topic) => topic.name)]
  const [nearest] = known
    .map((name) => name.replaceAll(':', ' '))
    .map((name) => ({ name, distance: editDistance(words.slice(0, name.split(' ').length).join(' '), name) }))
    .filter(({ name, distance }) => distance > 0 && distance <= Math.min(furthest, name.length / 2))
    .toSorted((a, b) => a.distance - b.distance || b.name.length - a.name.length)
  const hint = nearest === undefined ? `see ${config.bin} help` : `did you mean ${config.bin} ${nearest.name}?`
  throw new ToolkitError('usage', `no command ${JSON.stringify(typed.slice(0, 64))}: ${hint}`)
}

export default commandNotFound

/** Levenshtein distance over code units, with memory for one row. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let i = 0; i < Math.min(from.length, 64); i++) {
    const next = [i + 1]
    for (let j = 0; j < to.length; j++) {
      const replaced = (row[j] ?? 0) + (from[i] === to[j] ? 0 : 1)
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    row = next
  }
  return row[to.length] ?? 0
}
