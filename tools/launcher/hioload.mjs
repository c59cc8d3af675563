#!/usr/bin/env node
// The command `hioload`, as npm installs it.
import './dist/bin.js';
