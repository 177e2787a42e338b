import { Component, type ReactNode } from "react";
import { words } from "../words/words.ts";
import { Failed } from "./States.tsx";

type BoundaryProps = {
  readonly children: ReactNode;
  /** Draws nothing in place of what broke. */
  readonly quiet?: boolean;
  readonly onError?: () => void;
};

/** Keeps a broken part from taking the page with it. React offers this to classes only. */
export class Boundary extends Component<BoundaryProps, { readonly error: unknown }> {
  override state: { readonly error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override componentDidCatch() {
    this.props.onError?.();
  }

  override render() {
    if (this.state.error === null) return this.props.children;
    if (this.props.quiet === true) return null;
    return (
      <div className="wrap page">
        <Failed
          title={words.states.renderFailed}
          error={this.state.error}
          onRetry={() => this.setState({ error: null })}
        />
      </div>
    );
  }
}
