import type { HostedEntry } from "./hostedEntry.ts";
import { idOf } from "./hostedEntry.ts";

/** The one function that a Gradio client finds here. */
export const gradioName = "chat";

const [message, model, answer, receipt] = [1, 2, 3, 4];

/** `GET /config`: a page with one function, in the shape of Gradio 5. */
export function gradioConfig(entries: readonly HostedEntry[]) {
  const choices = entries.map((entry) => [entry.manifest.name, idOf(entry)]);
  const part = (id: number, type: string, label: string, props: object = {}) => ({
    id,
    type,
    component_class_id: type,
    has_modes: true,
    key: null,
    props: { name: type, label, visible: true, interactive: true, elem_classes: [], ...props },
  });
  return {
    version: "5.49.1",
    mode: "interface",
    title: "Coindrop inference node",
    app_id: "coindrop",
    protocol: "sse_v3",
    api_prefix: "/gradio_api",
    // Where the client found this: a node may stand behind any name.
    root: "",
    enable_queue: true,
    analytics_enabled: false,
    connect_heartbeat: false,
    dev_mode: false,
    is_space: false,
    is_colab: false,
    space_id: null,
    show_error: true,
    show_api: true,
    css: null,
    js: null,
    head: null,
    theme: "default",
    stylesheets: [],
    username: null,
    run_history: false,
    components: [
      part(message, "textbox", "Message"),
      part(model, "dropdown", "Model", { choices, value: choices[0]?.[1] ?? null }),
      part(answer, "textbox", "Answer", { interactive: false }),
      part(receipt, "json", "Receipt", { interactive: false }),
    ],
    layout: { id: 0, children: [message, model, answer, receipt].map((id) => ({ id })) },
    pages: [["", "Home", true]],
    page: { "": { components: [message, model, answer, receipt], dependencies: [0] } },
    dependencies: [
      {
        id: 0,
        targets: [[message, "submit"]],
        inputs: [message, model],
        outputs: [answer, receipt],
        backend_fn: true,
        js: null,
        queue: true,
        api_name: gradioName,
        api_visibility: "public",
        show_api: true,
        scroll_to_output: false,
        show_progress: "full",
        batch: false,
        max_batch_size: 4,
        cancels: [],
        types: { generator: true, cancel: false },
        collects_event_data: false,
        trigger_after: null,
        trigger_only_on_success: false,
        trigger_mode: "once",
        rendered_in: null,
        connection: "sse",
        zerogpu: false,
      },
    ],
  };
}

/** `GET /gradio_api/info`: what that function takes and gives. */
export function gradioInfo(entries: readonly HostedEntry[]) {
  const text = { type: { type: "string" }, python_type: { type: "str", description: "" } };
  const [first] = entries;
  return {
    named_endpoints: {
      [`/${gradioName}`]: {
        parameters: [
          {
            label: "Message",
            parameter_name: "message",
            parameter_has_default: false,
            parameter_default: null,
            component: "Textbox",
            example_input: first?.manifest.wrapper.starters[0] ?? "Hello!",
            ...text,
          },
          {
            label: "Model",
            parameter_name: "model",
            parameter_has_default: true,
            parameter_default: first === undefined ? null : idOf(first),
            component: "Dropdown",
            example_input: first === undefined ? null : idOf(first),
            type: { type: "string", enum: entries.map(idOf) },
            python_type: { type: "str", description: "" },
          },
        ],
        returns: [
          { label: "Answer", component: "Textbox", ...text },
          { label: "Receipt", component: "Json", type: {}, python_type: { type: "dict", description: "" } },
        ],
        show_api: true,
      },
    },
    unnamed_endpoints: {},
  };
}
