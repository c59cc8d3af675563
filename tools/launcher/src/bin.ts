try {
  // Not at the top of the file, so that what keeps the modules from being read is a line and no stack.
  const { main } = await import('./main.js');
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Error && 'syscall' in error)) throw error;
  const isLimit = 'code' in error && error.code === 'EMFILE';
  console.error(`${error.message.replaceAll(/\s+/g, ' ')}${isLimit ? '; ulimit -n raises the limit' : ''}`);
  process.exitCode = 1;
}
