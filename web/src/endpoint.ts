// Requests to the GraphQL endpoint, with readable messages for network and HTTP errors.
import { createGraphiQLFetcher, type Fetcher } from '@graphiql/toolkit';

export const ENDPOINT = '/graphql';

const UNREACHABLE =
  `Không kết nối được tới máy chủ GraphQL tại ${ENDPOINT}. · ` +
  `The GraphQL server at ${ENDPOINT} cannot be reached.`;

function notJson(status: number): string {
  return (
    `Máy chủ tại ${ENDPOINT} trả lời mã ${status} nhưng không phải JSON. · ` +
    `The server at ${ENDPOINT} answered with status ${status}, but not with JSON.`
  );
}

/** Error without a stack: the editor shows the stack, which does not help a visitor. */
function sentence(message: string, cause?: unknown): Error {
  const error = new Error(message, { cause });
  delete error.stack;
  return error;
}

/** A `fetch` whose errors have readable messages, because the editor shows them unchanged. */
const fetchJson: typeof fetch = async (input, init) => {
  let response: Response;
  try {
    response = await fetch(input, init);
  } catch (cause) {
    throw sentence(UNREACHABLE, cause);
  }
  // `application/json` and `application/graphql-response+json`, with or without parameters.
  const mediaType = response.headers.get('content-type') ?? '';
  if (!/^application\/([\w.-]+\+)?json\b/i.test(mediaType)) {
    throw sentence(notJson(response.status));
  }
  return response;
};

/**
 * Sends operations to the endpoint with the headers of the editor. The page reads the schema before
 * the headers editor is loaded; that request carries `startHeaders`, which the editor will show.
 */
export function endpointFetcher(startHeaders: Record<string, string>): Fetcher {
  const send = createGraphiQLFetcher({
    url: ENDPOINT,
    fetch: fetchJson,
    enableIncrementalDelivery: false,
  });
  return (params, options) => {
    const beforeEditor = params.operationName === 'IntrospectionQuery' && !options?.headers;
    return send(params, beforeEditor ? { ...options, headers: startHeaders } : options);
  };
}

/** Messages of a failed introspection; the editor passes them as the text of a GraphQL response. */
export function introspectionFailure(fetchError: string): string {
  try {
    const answer = JSON.parse(fetchError) as { errors?: { message?: unknown }[] };
    const messages = (answer.errors ?? []).map((error) => error.message);
    const sentences = messages.filter((message) => typeof message === 'string');
    return sentences.length > 0 ? sentences.join(' ') : fetchError;
  } catch {
    return fetchError;
  }
}
