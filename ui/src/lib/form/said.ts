/** How a widget is told: its id, what describes it, whether it is wrong, and the id of its label. */
export interface Said {
  id: string;
  told: string | undefined;
  bad: boolean;
  label: string;
}
