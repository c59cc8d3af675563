import { type Command, Option } from 'commander';
import { CONFIG_FLAG, CONFIG_VARIABLE } from '../options/sources.js';
import { MODULE_ARGUMENT, OPTION_TABLE, type OptionDefinition } from '../options/table.js';

/**
 * Adds the argument and every flag of `serve`. Values stay text: the schema judges them, not the
 * parser of arguments.
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
    `JSON file with any of these options by their keys; ${CONFIG_VARIABLE}`,
  );
}

/**
 * What was given on the command line: text by flag name, or a boolean for a flag without a value.
 */
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
 * A flag in both senses, so that a command line can turn round what a file says; the help shows the
 * one that differs from the default.
 */
function addToggle(command: Command, option: OptionDefinition): void {
  const off = option.flag.replace('--', '--no-');
  const isOn = option.default === true;
  command.addOption(
    new Option(off, `without: ${describe({ ...option, default: undefined })}`).hideHelp(!isOn),
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
  isLimit ? 'Limits, over those of the application:' : 'Options:';
