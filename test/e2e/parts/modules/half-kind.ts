/** A kind that lacks `create`. */
export default { name: 'half', features: { sharesPort: true, exemptions: [] } };
