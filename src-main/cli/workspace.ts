/** The folder that holds runs, models and studies, where a command is told no other. */
export const DEFAULT_WORKSPACE = process.env['UNBACKDOOR_WORKSPACE'] || 'workspace'
export const workspaceHelp = 'folder that holds the runs and models (or $UNBACKDOOR_WORKSPACE)'
