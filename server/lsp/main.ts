import { createConnection } from 'vscode-languageserver/node';
import { createServer } from './server.ts';

// The transport is the client's choice: --node-ipc, --stdio or --socket=<port>.
createServer(createConnection());
