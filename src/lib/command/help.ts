import { CommandHelp, Help } from '@oclif/core'

/** Help of one command with its examples first: they answer most questions. */
class ExamplesFirst extends CommandHelp {
  protected override sections() {
    const sections = super.sections()
    const isExamples = (section: (typeof sections)[number]) => section.header === 'EXAMPLES'
    return [...sections.filter(isExamples), ...sections.filter((section) => !isExamples(section))]
  }
}

/** The help of `p2p`: oclif's own, with examples first. */
export default class ToolkitHelp extends Help {
  protected override CommandHelpClass = ExamplesFirst
}
