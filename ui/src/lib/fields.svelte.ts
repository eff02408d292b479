// The CRM's own fields on the log form: what the agent filled in, kept while the snapshot updates.

import type { CommandFault } from './host';
import type { FieldView } from './protocol';

export class FieldValues {
  /** What was filled in here since the contact was chosen, by the fields' ids. */
  private given: Record<string, string> = $state({});

  /** As it stands: filled in here, else as the engine has it. */
  value(view: FieldView): string {
    return this.given[view.field.id] ?? view.value ?? '';
  }

  set(view: FieldView, value: string): void {
    this.given[view.field.id] = value;
  }

  /** What has to be sent with the log: only what differs, and only what there is a field for. */
  toSend(fields: FieldView[]): Record<string, string> {
    const changed = fields.filter(
      (view) => view.field.id in this.given && this.given[view.field.id] !== (view.value ?? ''),
    );
    return Object.fromEntries(changed.map((view) => [view.field.id, this.value(view)]));
  }

  /** Whether something was filled in that the engine does not know. */
  changed(fields: FieldView[]): boolean {
    return Object.keys(this.toSend(fields)).length > 0;
  }

  /** Another contact has another form. */
  clear(): void {
    this.given = {};
  }
}

/** The field that a fault is about, named by its word, if it is on the form. */
export function faultField(
  fault: CommandFault | undefined,
  fields: FieldView[],
): string | undefined {
  if (fault?.code !== 'missing_field' && fault?.code !== 'bad_field') return undefined;
  const { field } = fault.params;
  return fields.find((view) => view.field.label === field || view.field.id === field)?.field.id;
}
