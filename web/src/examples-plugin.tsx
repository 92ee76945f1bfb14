// Side panel with the example operations of the server.
import { type GraphiQLPlugin, useGraphiQL, useGraphiQLActions } from '@graphiql/react';

import type { Example } from './config';

/** Title, and also the key under which the editor stores which panel is open. */
const TITLE = 'Ví dụ / Examples';

export function variablesText(example: Example): string {
  return example.variables === null ? '' : JSON.stringify(example.variables, null, 2);
}

function ExamplesIcon() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
      <path d="M12 6.5C10 4.8 7 4.2 3.5 4.5v13.8c3.5-.3 6.5.3 8.5 2 2-1.7 5-2.3 8.5-2V4.5C17 4.2 14 4.8 12 6.5zm0 0v13.8" />
    </svg>
  );
}

function ExampleItem({ example }: { example: Example }) {
  const { addTab, updateActiveTabValues } = useGraphiQLActions();
  const { queryEditor, variableEditor, headerEditor } = useGraphiQL((state) => ({
    queryEditor: state.queryEditor,
    variableEditor: state.variableEditor,
    headerEditor: state.headerEditor,
  }));
  // Opening a tab saves the current one from the editors, which must exist before.
  const ready = Boolean(queryEditor && variableEditor && headerEditor);
  const open = () => {
    const variables = variablesText(example);
    addTab();
    updateActiveTabValues({ query: example.query, variables });
    queryEditor?.setValue(example.query);
    variableEditor?.setValue(variables);
    queryEditor?.focus();
  };
  return (
    <li>
      <button type="button" className="example" onClick={open} disabled={!ready}>
        <span lang="vi" className="example-name">
          {example.nameVi}
        </span>
        {example.name !== example.nameVi && <span lang="en">{example.name}</span>}
        {example.descriptionVi && (
          <span lang="vi" className="example-description">
            {example.descriptionVi}
          </span>
        )}
        {example.description !== example.descriptionVi && (
          <span lang="en" className="example-description">
            {example.description}
          </span>
        )}
      </button>
    </li>
  );
}

/** The editor accepts only panels without properties, so each list has its own plugin. */
export function examplesPlugin(examples: Example[]): GraphiQLPlugin {
  function Examples() {
    return (
      <section aria-label={TITLE}>
        <h2 className="examples-title">{TITLE}</h2>
        <p className="examples-hint">
          <span lang="vi">Chọn một ví dụ để mở trong thẻ mới.</span>{' '}
          <span lang="en">Choose one to open it in a new tab.</span>
        </p>
        <ul className="examples">
          {examples.map((example, index) => (
            <ExampleItem key={index} example={example} />
          ))}
        </ul>
      </section>
    );
  }
  return { title: TITLE, icon: ExamplesIcon, content: Examples };
}
