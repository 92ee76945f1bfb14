// Talking to the GraphQL endpoint, and turning what can go wrong on the way into sentences.
import { createGraphiQLFetcher } from '@graphiql/toolkit';

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

/** A `fetch` whose failures are sentences: the editor shows their message as it is. */
const fetchJson: typeof fetch = async (input, init) => {
  let response: Response;
  try {
    response = await fetch(input, init);
  } catch (cause) {
    throw new Error(UNREACHABLE, { cause });
  }
  // `application/json` and `application/graphql-response+json`, with or without parameters.
  const mediaType = response.headers.get('content-type') ?? '';
  if (!/^application\/([\w.-]+\+)?json\b/i.test(mediaType)) {
    throw new Error(notJson(response.status));
  }
  return response;
};

export const fetcher = createGraphiQLFetcher({
  url: ENDPOINT,
  fetch: fetchJson,
  enableIncrementalDelivery: false,
});

/** The messages of a failed introspection, which the editor hands over as a GraphQL answer's text. */
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
