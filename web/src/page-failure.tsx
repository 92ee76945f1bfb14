// Error boundary: shows a message instead of a blank page when rendering fails.
import { Component, type ReactNode } from 'react';

export class PageFailure extends Component<{ children: ReactNode }, { failure: string | null }> {
  override state: { failure: string | null } = { failure: null };

  static getDerivedStateFromError(error: unknown) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }

  override render() {
    if (this.state.failure === null) return this.props.children;
    return (
      <div className="page-message" role="alert">
        <p lang="vi">Trang này gặp lỗi. Hãy tải lại trang.</p>
        <p lang="en">This page has failed. Please load it again.</p>
        <pre>{this.state.failure}</pre>
      </div>
    );
  }
}
