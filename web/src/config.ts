// Configuration of the page, loaded from the server at start: title, headers with the development
// credential, example operations. The page must work without it, so every failure has a fallback.

export interface Example {
  name: string;
  nameVi: string;
  description: string;
  descriptionVi: string;
  query: string;
  variables: Record<string, unknown> | null;
}

export interface PlaygroundConfig {
  title: string;
  headers: Record<string, string>;
  examples: Example[];
  /** Roles of the form "view as"; empty when the server gives no development credentials. */
  viewAs: string[];
}

/** `missing`: the server has no configuration. `malformed`: a part of it is invalid. */
export type ConfigState = 'loaded' | 'missing' | 'malformed';

export interface LoadedConfig {
  config: PlaygroundConfig;
  state: ConfigState;
}

export const FALLBACK_CONFIG: PlaygroundConfig = {
  title: 'GraphQL',
  headers: {},
  viewAs: [],
  examples: [
    {
      name: 'The name of the root type',
      nameVi: 'Tên kiểu gốc',
      description: 'The smallest query that any GraphQL server answers.',
      descriptionVi: 'Truy vấn nhỏ nhất mà mọi máy chủ GraphQL đều trả lời.',
      query: '{\n  __typename\n}\n',
      variables: null,
    },
  ],
};

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value : null;
}

/** An example needs a query and one name; a missing language uses the name of the other one. */
function parseExample(value: unknown): Example | null {
  if (!isRecord(value)) return null;
  const query = text(value['query']);
  const name = text(value['name']) ?? text(value['nameVi']);
  const variables = value['variables'] ?? null;
  if (query === null || name === null || !(variables === null || isRecord(variables))) return null;
  const description = text(value['description']) ?? text(value['descriptionVi']) ?? '';
  return {
    name,
    nameVi: text(value['nameVi']) ?? name,
    description,
    descriptionVi: text(value['descriptionVi']) ?? description,
    query,
    variables,
  };
}

/** Returns the valid parts of a configuration, and whether other parts were skipped. */
export function parseConfig(value: unknown): LoadedConfig {
  if (!isRecord(value)) return { config: FALLBACK_CONFIG, state: 'malformed' };

  const title = text(value['title']);
  const headersGiven = value['headers'] ?? {};
  const headerEntries = isRecord(headersGiven) ? Object.entries(headersGiven) : [];
  const headers = headerEntries.filter((entry): entry is [string, string] => {
    return typeof entry[1] === 'string';
  });
  const examplesGiven = value['examples'] ?? [];
  const exampleList: unknown[] = Array.isArray(examplesGiven) ? examplesGiven : [];
  const examples = exampleList.map(parseExample).filter((example) => example !== null);

  const rolesGiven = value['viewAs'] ?? [];
  const roleList: unknown[] = Array.isArray(rolesGiven) ? rolesGiven : [];
  const viewAs = roleList.map(text).filter((role) => role !== null);

  const whole =
    title !== null &&
    Array.isArray(rolesGiven) &&
    viewAs.length === roleList.length &&
    isRecord(headersGiven) &&
    headers.length === headerEntries.length &&
    Array.isArray(examplesGiven) &&
    examples.length === exampleList.length;
  return {
    config: {
      title: title ?? FALLBACK_CONFIG.title,
      headers: Object.fromEntries(headers),
      examples: examples.length > 0 ? examples : FALLBACK_CONFIG.examples,
      viewAs,
    },
    state: whole ? 'loaded' : 'malformed',
  };
}

export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

/** Never fails: a server without a configuration still gets a playground. */
export async function loadConfig(url: string, fetch: Fetch): Promise<LoadedConfig> {
  let body: string;
  try {
    const response = await fetch(url, { headers: { accept: 'application/json' } });
    if (!response.ok) return { config: FALLBACK_CONFIG, state: 'missing' };
    body = await response.text();
  } catch {
    return { config: FALLBACK_CONFIG, state: 'missing' };
  }
  try {
    return parseConfig(JSON.parse(body));
  } catch {
    return { config: FALLBACK_CONFIG, state: 'malformed' };
  }
}
