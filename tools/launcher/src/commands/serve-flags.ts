/** The flags of `hioload serve`, made from the table of options, and their help. */
import { type Command, Option } from 'commander';
import { CONFIG_FLAG, CONFIG_VARIABLE } from '../options/sources.js';
import { MODULE_ARGUMENT, OPTION_TABLE, type OptionDefinition } from '../options/table.js';

/**
 * Adds the argument and every flag to the command `serve`. The values stay text: the schema checks
 * them, not the parser of the command line.
 */
export function addServeFlags(command: Command): void {
  for (const option of OPTION_TABLE) {
    if (option.flag === MODULE_ARGUMENT) command.argument(`[${MODULE_ARGUMENT}]`, describe(option));
    else if (option.kind.isToggle) addToggle(command, option);
    else
      command.addOption(
        new Option(`${option.flag} <${option.kind.placeholder}>`, describe(option)).helpGroup(
          groupOf(option),
        ),
      );
  }
  command.option(
    `${CONFIG_FLAG} <file>`,
    `JSON file with these options, by their keys [${CONFIG_VARIABLE}]`,
  );
}

/** The values on the command line, by flag: text, or a boolean for a flag without a value. */
export function givenFlags(command: Command): Map<string, string | boolean> {
  const given = new Map<string, string | boolean>();
  for (const option of command.options) {
    if (command.getOptionValueSource(option.attributeName()) !== 'cli') continue;
    const value: unknown = command.getOptionValue(option.attributeName());
    const flag = (option.long ?? '').replace('--no-', '--');
    if (typeof value === 'string' || typeof value === 'boolean') given.set(flag, value);
  }
  const [module] = command.processedArgs as readonly unknown[];
  if (typeof module === 'string') given.set(MODULE_ARGUMENT, module);
  return given;
}

/**
 * Adds both forms of a flag, `--name` and `--no-name`: a command line can then override the file.
 * The help shows the form that differs from the default.
 */
function addToggle(command: Command, option: OptionDefinition): void {
  const off = option.flag.replace('--', '--no-');
  const isOn = option.default === true;
  command.addOption(
    new Option(off, `do not ${describe({ ...option, default: undefined })}`).hideHelp(!isOn),
  );
  command.addOption(new Option(option.flag, describe(option)).hideHelp(isOn));
}

function describe({ help, kind, key, variable, default: value }: OptionDefinition): string {
  const facts = [
    help,
    ...(kind.isPlain ? [] : [kind.allowed]),
    ...(value === undefined ? [] : [`default: ${String(value)}`]),
  ];
  return `${facts.join('; ')} [${variable}, ${key}]`;
}

const groupOf = ({ isLimit }: OptionDefinition): string =>
  isLimit ? 'Limits (they override the limits of the application):' : 'Options:';
