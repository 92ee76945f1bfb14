// The page: GraphiQL with example operations, documentation, a field explorer and a history.
import { DOC_EXPLORER_PLUGIN, DocExplorerStore } from '@graphiql/plugin-doc-explorer';
import { explorerPlugin } from '@graphiql/plugin-explorer';
import { HISTORY_PLUGIN, HistoryStore } from '@graphiql/plugin-history';
import { GraphiQLProvider } from '@graphiql/react';
import { GraphiQL, GraphiQLInterface } from 'graphiql';
import { useState } from 'react';

import type { LoadedConfig } from './config';
import { credentialFreeStorage } from './credential-free-storage';
import { endpointFetcher } from './endpoint';
import { examplesPlugin, variablesText } from './examples-plugin';
import { HeaderBar } from './header-bar';
import { ViewAs } from './view-as';

/** Initial state of the editor; computed once, because the editor reads it only once. */
function startingPoint({ config }: LoadedConfig) {
  const headers =
    Object.keys(config.headers).length > 0 ? JSON.stringify(config.headers, null, 2) : undefined;
  const storage = credentialFreeStorage(localStorage, headers);
  const examples = examplesPlugin(config.examples);
  const first = config.examples[0];
  // The variables are stored as if the visitor had typed them: after a reload the editor restores
  // only stored variables, and it stores them only when they change.
  if (first && storage.getItem('graphiql:tabState') === null) {
    storage.setItem('graphiql:query', first.query);
    storage.setItem('graphiql:variables', variablesText(first));
  }
  return {
    fetcher: endpointFetcher(config.headers),
    plugins: [examples, DOC_EXPLORER_PLUGIN, explorerPlugin(), HISTORY_PLUGIN],
    visiblePlugin: examples,
    storage,
    ...(headers !== undefined && { defaultHeaders: headers, initialHeaders: headers }),
  };
}

export function Playground({ loaded }: { loaded: LoadedConfig }) {
  const [start] = useState(() => startingPoint(loaded));
  return (
    <GraphiQLProvider
      referencePlugin={DOC_EXPLORER_PLUGIN}
      inputValueDeprecation
      schemaDescription
      {...start}
    >
      <DocExplorerStore>
        <HistoryStore>
          <HeaderBar title={loaded.config.title} configState={loaded.state} />
          {loaded.config.viewAs.length > 0 && <ViewAs roles={loaded.config.viewAs} />}
          <main className="editor">
            <GraphiQLInterface defaultEditorToolsVisibility showPersistHeadersSettings={false}>
              <GraphiQL.Logo>GraphiQL</GraphiQL.Logo>
            </GraphiQLInterface>
          </main>
        </HistoryStore>
      </DocExplorerStore>
    </GraphiQLProvider>
  );
}
