// Entry point: loads the configuration of the page, then renders the playground.
import './editor-workers';
// graphiql/style.css without its embedded fonts (see page.css).
import '@graphiql/react/style.css';
import 'graphiql/graphiql.css';
import '@graphiql/plugin-doc-explorer/style.css';
import '@graphiql/plugin-history/style.css';
import '@graphiql/plugin-explorer/style.css';
import './page.css';

import { createRoot } from 'react-dom/client';

import { loadConfig } from './config';
import { PageFailure } from './page-failure';
import { Playground } from './playground';

const container = document.getElementById('root');
if (container === null) throw new Error('index.html has no element with the id "root".');

const loaded = await loadConfig(`${import.meta.env.BASE_URL}config.json`, (url, init) =>
  fetch(url, init),
);
document.title = loaded.config.title;
createRoot(container).render(
  <PageFailure>
    <Playground loaded={loaded} />
  </PageFailure>,
);
