// Bar above the editor: title of the page, and status of the endpoint.
import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';

import type { ConfigState } from './config';
import { ENDPOINT, introspectionFailure } from './endpoint';

type Connection = 'connecting' | 'connected' | 'failed';

const CONNECTION_TEXT: Record<Connection, { vi: string; en: string }> = {
  connecting: { vi: 'Đang đọc lược đồ…', en: 'Reading the schema…' },
  connected: { vi: 'Đã kết nối', en: 'Connected' },
  failed: { vi: 'Chưa kết nối', en: 'Not connected' },
};

export function HeaderBar({ title, configState }: { title: string; configState: ConfigState }) {
  const { introspect } = useGraphiQLActions();
  const { fetchError, isIntrospecting, hasSchema } = useGraphiQL((state) => ({
    fetchError: state.fetchError,
    isIntrospecting: state.isIntrospecting,
    hasSchema: Boolean(state.schema),
  }));
  const settled: Connection = fetchError !== null ? 'failed' : 'connecting';
  const connection: Connection =
    hasSchema && fetchError === null && !isIntrospecting ? 'connected' : settled;
  const text = CONNECTION_TEXT[connection];

  return (
    <>
      <header className="header-bar">
        <h1>{title}</h1>
        <p className="header-subtitle">
          <span lang="vi">Bàn thử GraphQL</span> · <span lang="en">GraphQL playground</span>
        </p>
        <p className={`header-status ${connection}`} role="status">
          <code>{ENDPOINT}</code> <span lang="vi">{text.vi}</span> ·{' '}
          <span lang="en">{text.en}</span>
        </p>
      </header>
      {fetchError !== null && (
        <div className="notice error" role="alert">
          <div>
            <p lang="vi">Không đọc được lược đồ GraphQL nên chưa có gợi ý và tài liệu.</p>
            <p lang="en">
              The GraphQL schema could not be read, so there are no suggestions and no documentation
              yet.
            </p>
            <p className="notice-detail">{introspectionFailure(fetchError)}</p>
          </div>
          <button type="button" onClick={() => void introspect()} disabled={isIntrospecting}>
            <span lang="vi">Thử lại</span> · <span lang="en">Try again</span>
          </button>
        </div>
      )}
      {configState === 'malformed' && (
        <div className="notice" role="status">
          <div>
            <p lang="vi">Một phần cấu hình của trang này không đọc được nên đã được bỏ qua.</p>
            <p lang="en">A part of this page’s configuration could not be read and was left out.</p>
          </div>
        </div>
      )}
    </>
  );
}
